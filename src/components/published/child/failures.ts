import { inspect } from 'node:util';

import type { Failure, FailureKind } from '../messages.ts';
import { failureNumber } from './channel.ts';

/** An end of the run that has a name. */
export class RunFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Whatever a component throws (errors, strings, objects of a cloud's library) in its own words, without a stack. */
export function describe(kind: FailureKind, error: unknown): Failure {
  if (error instanceof RunFailure) return error.failure;
  if (typeof error !== 'object' || error === null) return { kind, message: String(error) };
  const { code, requestId } = error as Record<string, unknown>;
  const failure = failureNumber(error);
  return {
    kind,
    message: messageOf(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Where Node's own messages begin to speak of files and remedies that are not the user's. */
const NODE_GOES_ON = ['\nRequire stack:', '\nThis file is being treated as an ES module'];

function messageOf(error: object): string {
  const { message, error: inner, cause, name } = error as Record<string, unknown>;
  const own = firstText(message, (inner as { Message?: unknown } | undefined)?.Message, inner, name);
  if (own === undefined) return inspect(error, { depth: 2 });
  if (error instanceof SyntaxError) return `${placeOf(error)}${own}`;
  const text = NODE_GOES_ON.reduce((text, more) => text.split(more)[0]!, own);
  const why = cause instanceof Error ? messageOf(cause) : '';
  return why === '' || text.includes(why) ? text : `${text}: ${why}`;
}

/** A file that does not parse is named in the first line of the stack only. */
function placeOf(error: SyntaxError): string {
  const place = /^(\S+:\d+)\n/.exec(error.stack ?? '');
  return place === null ? '' : `${place[1]}: `;
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value.trim() !== '');
}
