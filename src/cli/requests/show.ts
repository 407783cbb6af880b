import { colors } from '../colors.ts';
import { bodyText, decodedBody } from './body-text.ts';
import { headerOf, mediaType } from './headers.ts';
import { prettyJson } from './pretty-json.ts';
import { describeTrace, ms, splitTrace } from './trace.ts';
import type { Answer, OutgoingRequest } from './types.ts';

/** The answer for people: status, headers, body, then a line on how long it took and how it ran. */
export function showAnswer(answer: Answer, pretty: boolean): string {
  const { trace, headers } = splitTrace(answer.headers);
  const run = describeTrace(trace);
  const head = [
    `${colors.dim(`HTTP/${answer.httpVersion}`)} ${colourStatus(answer.status, `${answer.status} ${answer.reason}`.trim())}`,
    ...headers.map(([name, value]) => `${colors.dim(`${name}:`)} ${printable(value)}`),
  ];
  const body = showBody(answer, pretty);
  const foot = `${colors.dim('took')} ${ms(answer.timeMs)}${run === '' ? '' : ` · ${run}`}`;
  return `${[...head, '', ...(body === '' ? [] : [body.replace(/\n$/, ''), '']), colors.dim('─'.repeat(8)), foot].join('\n')}\n`;
}

/** The whole outcome for programs. `body` is text without its content-encoding, else `bodyBase64` raw bytes. */
export function answerAsJson(request: OutgoingRequest, answer: Answer): Record<string, unknown> {
  const { trace, headers } = splitTrace(answer.headers);
  const text = bodyText(answer);
  return {
    request: {
      method: request.method,
      url: request.url,
      headers: request.headers,
      bodyBytes: request.body?.length ?? 0,
    },
    status: answer.status,
    reason: answer.reason,
    headers,
    ...(text === undefined ? { bodyBase64: answer.body.toString('base64') } : { body: text }),
    bodyBytes: answer.body.length,
    timeMs: round(answer.timeMs),
    trace,
  };
}

/** Green up to 399, yellow up to 499, red above. */
export function colourStatus(status: number, text: string): string {
  if (status >= 500) return colors.red(text);
  return status >= 400 ? colors.yellow(text) : colors.green(text);
}

function showBody(answer: Answer, pretty: boolean): string {
  if (answer.body.length === 0) return colors.dim('(no body)');
  const text = bodyText(answer);
  if (text === undefined) return colors.dim(`(${describeBinary(answer)}; --body-only > file keeps it)`);
  return (pretty ? prettyJson(text) : undefined) ?? text;
}

function describeBinary(answer: Answer): string {
  const bytes = answer.body.length.toLocaleString('en');
  const encoding = headerOf(answer.headers, 'content-encoding');
  const decoded = decodedBody(answer).length;
  const unpacked =
    decoded === answer.body.length ? '' : `, ${decoded.toLocaleString('en')} without ${encoding}`;
  return `binary, ${mediaType(answer.headers) ?? 'no content type'}, ${bytes} bytes${unpacked}`;
}

/** Without the characters by which text commands a terminal; written as `\x1b`. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}]/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function round(time: number): number {
  return Math.round(time * 10) / 10;
}
