import type { JsonObject, JsonValue } from '../../events/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import { retrying } from '../retry.ts';
import type { InvokeAnswer } from '../types.ts';
import { isLost, tencentCode } from './clients.ts';
import { locate } from './look.ts';
import { type FunctionId, LIVE } from './names.ts';
import type { Tencent } from './tencent.ts';

/** What became of a call, and the end of what it printed. */
export interface Called extends InvokeAnswer {
  /** Its last 4 KB, as far as SCF gives them. */
  tail: string;
}

/** What stands in the place of a result when there is none. */
interface ErrorEvent {
  errorCode?: number;
  errorMessage?: string;
  stackTrace?: string;
  statusCode?: number;
}

/** By the status codes of functions (doc 583/42611), in the words of our own platform. */
const CODES: Record<number, string> = {
  405: 'FUNCTION_EXITED',
  406: 'RESPONSE_TOO_LARGE',
  432: 'QUEUE_FULL',
  433: 'FUNCTION_TIMEOUT',
  434: 'MEMORY_EXCEEDED',
  439: 'FUNCTION_EXITED',
  446: 'PORT_NOT_BOUND',
};

/** Calls a version or alias with an event. Not twice, unless that is harmless: only what SCF has not even begun is tried again. Rejects with WEB_FUNCTION. */
export async function callFunction(
  tencent: Tencent,
  id: FunctionId,
  Qualifier: string,
  event: JsonObject,
  isHarmless = false,
): Promise<Called> {
  const scf = await tencent.clients.scf();
  const call = {
    ...id,
    Qualifier,
    InvocationType: 'RequestResponse',
    LogType: 'Tail',
    ClientContext: JSON.stringify(event),
  };
  let answer;
  try {
    answer = await retrying(() => scf.Invoke(call), {
      signal: tencent.signal,
      isPassing: (error) => isHarmless && isLost(error),
      tries: 4,
    });
  } catch (error) {
    if (tencentCode(error)?.startsWith('UnsupportedOperation') !== true) throw error;
    throw new RopewayError({
      code: 'WEB_FUNCTION',
      message: `${id.FunctionName} is a web function: SCF calls it with no events, but over its address alone.`,
      fix: 'ropeway request, or any HTTP client, with the address that `ropeway info` shows',
      cause: error,
    });
  }
  const { Log: tail = '', RetMsg = '', ErrMsg = '', InvokeResult = 0, ...figures } = answer.Result ?? {};
  const record: JsonObject = {
    id: figures.FunctionRequestId ?? '',
    function: id.FunctionName,
    version: Qualifier,
    durationMs: figures.Duration ?? 0,
    billedMs: figures.BillDuration ?? 0,
    memoryMb: Math.round(((figures.MemUsage ?? 0) / 1024 / 1024) * 10) / 10,
  };
  const result = parsed(RetMsg);
  if (InvokeResult === 0 && ErrMsg === '') return { record, tail, result };
  const error = errorOf(result, ErrMsg);
  return { record: { ...record, error }, tail, error };
}

/** `invoke` of the provider. Without what only this room needs. */
export async function invoke(tencent: Tencent, name: string, event: JsonObject): Promise<InvokeAnswer> {
  const id = await locate(tencent, name);
  if (id === undefined) {
    throw new RopewayError({
      code: 'NOT_DEPLOYED',
      message: `There is no function ${name} in ${tencent.region}.`,
      fix: 'ropeway deploy',
    });
  }
  const { record, result, error } = await callFunction(tencent, id, LIVE, event);
  return {
    record,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  };
}

/** What the app raised says more than what SCF calls it. */
export function errorOf(
  result: JsonValue | undefined,
  said: string,
): { code: string; message: string; traceback?: string } {
  const event: ErrorEvent =
    typeof result === 'object' && result !== null && !Array.isArray(result) ? result : {};
  const { errorMessage = '', stackTrace = '', statusCode = 430 } = event;
  const traceback = (stackTrace || said).trimEnd();
  const message = raised(traceback) || errorMessage || said || 'the function failed';
  return {
    code: CODES[statusCode] ?? 'FUNCTION_ERROR',
    message,
    ...(traceback === '' ? {} : { traceback }),
  };
}

/** `ValueError: no such thing`: Python's last line, Node's first. */
function raised(traceback: string): string {
  const lines = traceback.split('\n').filter((line) => line.trim() !== '');
  const isPython = lines.some((line) => line.startsWith('Traceback (most recent call last)'));
  return (isPython ? lines.findLast((line) => /^\S/.test(line)) : lines[0])?.trim() ?? '';
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
