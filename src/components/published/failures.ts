import { type ErrorDetails, RopewayError } from '../../lib/errors.ts';
import type { End } from './child-process.ts';
import type { Failure, FailureKind } from './messages.ts';

type Details = (id: string, failure: Failure) => ErrorDetails;

const DETAILS: Record<FailureKind, Details> = {
  component: (id, failure) => ({
    code: 'PUBLISHED_FAILED',
    message: `${id}: ${failure.message}`,
    ...detailOf(failure),
  }),
  'not-loaded': (id, { message }) => ({
    code: 'PUBLISHED_NOT_LOADED',
    message: `${id} does not load: ${message}`,
    fix: isTakenForModule(message)
      ? 'put a package.json with {"type": "commonjs"} into its folder'
      : 'run npm install in its folder, or mend the file',
  }),
  'not-a-component': (id, { message }) => ({
    code: 'NOT_A_COMPONENT',
    message: `${id} is no Serverless Component 1.x.`,
    expected: "module.exports = class extends require('@serverless/core').Component",
    got: message,
  }),
  'no-such-method': (id, { message, expected = [] }) => ({
    code: 'NO_SUCH_METHOD',
    message: `${id}: ${message}`,
    expected: `one of ${expected.join(', ')}`,
  }),
  credentials: (id) => ({
    code: 'CREDENTIALS_NEEDED',
    message: `${id} needs credentials of Tencent Cloud.`,
    expected: 'SecretId and SecretKey',
    fix: 'set TENCENT_SECRET_ID and TENCENT_SECRET_KEY, in .env or in the environment',
  }),
  unfinished: (id, { message }) => ({
    code: 'PUBLISHED_UNFINISHED',
    message: `${id} never finished. ${message}`,
    fix: 'look for a promise in the component that nobody resolves',
  }),
  outputs: (id, { message }) => ({
    code: 'OUTPUTS_NOT_JSON',
    message: `${id} returned what cannot be written as JSON: ${message}`,
    fix: 'return plain objects, arrays, texts, numbers',
  }),
};

/** Components 1.x are CommonJS; in a project of ES modules their files count as such. */
function isTakenForModule(message: string): boolean {
  return /ES module scope|ES Module/.test(message);
}

/** The error for how a component failed by its own account. Its texts are masked already. */
export function publishedFailure(id: string, failure: Failure): RopewayError {
  return new RopewayError(DETAILS[failure.kind](id, failure));
}

function detailOf({ code, requestId }: Failure): { detail?: string } {
  const lines = [
    ...(code === undefined ? [] : [`code: ${code}`]),
    ...(requestId === undefined ? [] : [`request: ${requestId}`]),
  ];
  return lines.length === 0 ? {} : { detail: lines.join('\n') };
}

/** The error for a process that ended without a word. `printed` are its last lines, masked. */
export function publishedExit(id: string, end: End, printed: string[]): RopewayError {
  if (end.error !== undefined) {
    return new RopewayError({
      code: 'PUBLISHED_BROKEN',
      fault: 'system',
      message: `The process for ${id} could not be talked to: ${end.error.message}`,
      cause: end.error,
    });
  }
  const how = end.signal === null ? `exit code ${end.code}` : end.signal;
  return new RopewayError({
    code: 'PUBLISHED_EXITED',
    message: `${id} ended its process (${how}) before it was done.`,
    detail: printed.length === 0 ? 'It printed nothing.' : `It printed:\n${printed.join('\n')}`,
    fix: 'see what it printed; what it had saved by then is kept, so run the command again',
  });
}

export function publishedAborted(id: string): RopewayError {
  return new RopewayError({
    code: 'PUBLISHED_ABORTED',
    message: `${id} was stopped before it was done.`,
    fix: 'what it had saved by then is kept: run the command again to finish',
  });
}
