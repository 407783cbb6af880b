import type { CodeAnswer, CodeError } from '../../../types.ts';
import type { Response } from '../models.ts';
import { scfStatus } from './status.ts';

export type Result = Required<NonNullable<Response<'Invoke'>['Result']>>;

/** Characters of a log that an answer brings along. */
const TAIL_BYTES = 4096;
const MB = 1024 * 1024;

/** What `Invoke` says of an answer. Lines of its log come along only when they are asked for. */
export function resultOf(answer: CodeAnswer, requestId: string, withLog: boolean): Result {
  const { report, lines } = answer;
  const failure = failureOf(answer);
  return {
    FunctionRequestId: requestId,
    InvokeResult: failure === undefined ? 0 : 1,
    RetMsg:
      failure === undefined
        ? JSON.stringify(answer.result ?? null)
        : JSON.stringify(errorEvent(failure, requestId)),
    ErrMsg: failure === undefined ? '' : (failure.app?.traceback ?? failure.message),
    Log: withLog ? tailOf(lines.map(({ line }) => line).join('\n')) : '',
    Duration: report.durationMs,
    BillDuration: Math.ceil(report.billedMs),
    MemUsage: Math.round((report.memoryMb ?? 0) * MB),
  };
}

/** Undefined: the function has answered, be it with an HTTP error. */
export function failureOf({ error, result }: CodeAnswer): CodeError | undefined {
  return result === undefined ? (error ?? { code: 'FUNCTION_ERROR', message: 'no result' }) : undefined;
}

/** What stands in the place of a result. */
function errorEvent({ code, message, app }: CodeError, requestId: string): Record<string, string | number> {
  const known = scfStatus(code);
  return {
    errorCode: -1,
    errorMessage: known.message ?? message,
    requestId,
    ...(app === undefined
      ? known.message === undefined
        ? {}
        : { stackTrace: message }
      : { stackTrace: app.traceback }),
    statusCode: known.status,
  };
}

function tailOf(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= TAIL_BYTES) return text;
  // Not in the middle of a character.
  let from = bytes.length - TAIL_BYTES;
  while (from < bytes.length && (bytes[from]! & 0xc0) === 0x80) from += 1;
  return bytes.subarray(from).toString('utf8');
}
