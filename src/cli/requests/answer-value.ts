import { bodyText } from './body-text.ts';
import type { Answer } from './types.ts';

/**
 * The value of `login.response.body.$.user.id`, `login.response.body.*` (all of it) or
 * `login.response.headers.Location`.
 * @param pending names of requests whose answers are still to come: their values count as empty text
 * @returns undefined when no such answer, header or field is there
 */
export function answerValue(
  text: string,
  answers: Map<string, Answer>,
  pending: string[],
): string | undefined {
  const found = /^(.+)\.response\.(body|headers)\.(.+)$/.exec(text);
  if (found === null) return undefined;
  const [, request = '', part, path = ''] = found;
  const answer = answers.get(request);
  if (answer === undefined) return pending.includes(request) ? '' : undefined;
  if (part === 'headers') return headerValue(answer, path);
  const body = bodyText(answer);
  return path === '*' || body === undefined ? body : fieldOf(body, path);
}

function headerValue(answer: Answer, name: string): string | undefined {
  return answer.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** `$.items[0].id` in JSON text. */
function fieldOf(json: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  for (const [, name, index, quoted] of path
    .replace(/^\$/, '')
    .matchAll(/\.?([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? index ?? quoted ?? ''];
  }
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
