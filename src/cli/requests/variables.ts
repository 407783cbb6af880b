import { RopewayError } from '../../lib/errors.ts';
import { answerValue } from './answer-value.ts';
import { dynamicValue } from './dynamic-values.ts';
import { place } from './syntax-error.ts';
import type { Answer, ParsedFile, ParsedRequest } from './types.ts';

/** Where values come from. */
export interface Scope {
  file: ParsedFile;
  /** Folder of the .http file: of `.env`, and of body files. */
  folder: string;
  /** Go before the file's own variables of the same name. */
  overrides: Record<string, string>;
  env: Record<string, string | undefined>;
  /** Answers so far, by the `@name` of their request. */
  answers: Map<string, Answer>;
  /** `check`: answers that are still to come count as known. */
  mode: 'check' | 'send';
}

const reference = /\{\{([^{}\n]+)\}\}/g;

/**
 * Fills in `{{name}}`, `{{%name}}` (percent-encoded), `{{$guid}}` and the like, and
 * `{{login.response.body.$.token}}`.
 * @throws RopewayError `UNKNOWN_VARIABLE`, with the place in the file
 */
export function fillIn(text: string, scope: Scope, request: ParsedRequest): string {
  return expand(text, scope, { request, open: [] });
}

interface Use {
  request: ParsedRequest;
  /** Variables being expanded, outermost first. */
  open: string[];
}

function expand(text: string, scope: Scope, use: Use): string {
  return text.replace(reference, (written, inside: string) => {
    const name = inside.trim();
    if (name.startsWith('%')) return encodeURIComponent(valueOf(name.slice(1), written, scope, use));
    return valueOf(name, written, scope, use);
  });
}

function valueOf(name: string, written: string, scope: Scope, use: Use): string {
  if (use.open.includes(name)) throw circular(name, written, scope, use);
  const own = scope.overrides[name] ?? scope.file.variables.findLast(([key]) => key === name)?.[1];
  if (own !== undefined) return expand(own, scope, { ...use, open: [...use.open, name] });
  const value = name.startsWith('$')
    ? dynamicValue(name.slice(1), scope)
    : answerValue(name, scope.answers, pendingNames(scope));
  if (value === undefined) throw unknown(name, written, scope, use);
  return value;
}

function pendingNames(scope: Scope): string[] {
  if (scope.mode === 'send') return [];
  return scope.file.requests.flatMap((request) => request.name ?? []);
}

function unknown(name: string, written: string, scope: Scope, use: Use): RopewayError {
  const known = new Set([...Object.keys(scope.overrides), ...scope.file.variables.map(([key]) => key)]);
  return new RopewayError({
    code: 'UNKNOWN_VARIABLE',
    message: `${whereIs(written, scope, use)}: ${written} has no value`,
    ...(known.size === 0 ? {} : { expected: `one of ${[...known].join(', ')}` }),
    got: name,
    fix: howToMend(name),
  });
}

function howToMend(name: string): string {
  const environment = /^\$(?:processEnv|env\.|dotenv)\s*%?(\S+)/.exec(name);
  if (environment !== null) return `set ${environment[1] ?? 'the variable'} in the environment or in .env`;
  if (name.startsWith('$')) return 'see docs/request.md for the variables that can be used with $';
  if (name.includes('.response.'))
    return 'name an earlier request with # @name, and a field that its answer has';
  return `write @${name} = value at the top of the file`;
}

function circular(name: string, written: string, scope: Scope, use: Use): RopewayError {
  return new RopewayError({
    code: 'CIRCULAR_VARIABLE',
    message: `${whereIs(written, scope, use)}: the value of ${name} leads back to itself`,
    got: [...use.open, name].join(' → '),
    fix: `give @${name} a value that does not use it`,
  });
}

/** The first place from the request on that holds the text, else in the whole file, else the request. */
function whereIs(written: string, { file }: Scope, { request: { source } }: Use): string {
  const inRequest = (index: number): boolean => index >= source.requestLine && index < source.end;
  const holding = [...file.lines.keys()].filter((index) => file.lines[index]?.includes(written));
  const line = holding.find(inRequest) ?? holding[0] ?? source.requestLine;
  return place({
    fileName: file.fileName,
    line,
    column: Math.max(0, file.lines[line]?.indexOf(written) ?? 0),
  });
}
