import type { JsonObject, JsonValue } from '../../events/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import { retrying } from '../retry.ts';
import type { InvokeAnswer } from '../types.ts';
import type { Aws } from './aws.ts';
import { printedLines } from './printed-lines.ts';

/** What became of a call, and the end of what it printed. */
export interface Called extends InvokeAnswer {
  /** As AWS has it: `Runtime.ImportModuleError`, `ValueError`. */
  errorType?: string;
  /** Its last 4 KB, START, END and REPORT among them. */
  tail: string[];
}

/** Calls a version or alias. Not twice, unless that is harmless: only what Lambda has not even begun is tried again. */
export async function callFunction(
  aws: Aws,
  FunctionName: string,
  Qualifier: string,
  event: JsonObject,
  isHarmless = false,
): Promise<Called> {
  const lambda = await (isHarmless ? aws.clients.lambda() : aws.clients.lambdaOnce());
  const answer = await retrying(
    () =>
      lambda.invoke({
        FunctionName,
        Qualifier,
        LogType: 'Tail',
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    {
      signal: aws.signal,
      isPassing: (error) => error instanceof RopewayError && error.code === 'THROTTLED',
    },
  );
  const tail = printedLines(Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'));
  const payload = resultOf(Buffer.from(answer.Payload ?? []));
  const id = answer.$metadata.requestId;
  const record: JsonObject = {
    ...(id === undefined ? {} : { id }),
    function: FunctionName,
    version: answer.ExecutedVersion ?? Qualifier,
    ...reported(tail),
  };
  if (answer.FunctionError === undefined) return { record, tail, result: payload };
  const { errorType = '', errorMessage = '' } = (payload ?? {}) as {
    errorType?: string;
    errorMessage?: string;
  };
  const code = errorCode(errorType, errorMessage, tail);
  const traceback = tracebackOf(payload, tail);
  const error = {
    code,
    message: [errorType, errorMessage].filter((text) => text !== '').join(': ') || 'the function failed',
    ...(traceback === '' ? {} : { traceback }),
  };
  return { record: { ...record, error }, tail, error, errorType };
}

/** `invoke` of the provider. Without what only this room needs. */
export async function invoke(
  aws: Aws,
  name: string,
  qualifier: string,
  event: JsonObject,
): Promise<InvokeAnswer> {
  const { record, result, error } = await callFunction(aws, name, qualifier, event);
  return {
    record,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  };
}

/** What a handler has returned; an answer in parts is a head, eight NULs, and the body. */
function resultOf(payload: Buffer): JsonValue | undefined {
  if (payload.length === 0) return undefined;
  const end = payload.indexOf(Buffer.alloc(8));
  if (end === -1) return parsed(payload.toString('utf8'));
  const body = payload.subarray(end + 8);
  const text = body.toString('utf8');
  const isText = Buffer.from(text).equals(body);
  return {
    ...(parsed(payload.subarray(0, end).toString('utf8')) as JsonObject),
    body: isText ? text : body.toString('base64'),
    isBase64Encoded: !isText,
  };
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** The figures of a REPORT line. */
function reported(tail: string[]): JsonObject {
  const report = tail.findLast((line) => line.startsWith('REPORT ')) ?? '';
  const figure = (label: string): number | undefined => {
    const [, number] = new RegExp(`(?:^|\\t)\\s*${label}: ([\\d.]+)`).exec(report) ?? [];
    return number === undefined ? undefined : Number(number);
  };
  const figures = {
    durationMs: figure('Duration'),
    billedMs: figure('Billed Duration'),
    initMs: figure('Init Duration'),
    memoryMb: figure('Max Memory Used'),
    memoryLimitMb: figure('Memory Size'),
  };
  const known = Object.entries(figures).filter(([, value]) => value !== undefined);
  return {
    ...(report === '' ? {} : { start: figures.initMs === undefined ? 'warm' : 'cold' }),
    ...(Object.fromEntries(known) as Record<string, number>),
  };
}

/** In the words of our own platform. */
function errorCode(type: string, message: string, tail: string[]): string {
  if (/Task timed out after/.test(message) || type === 'Sandbox.Timedout') return 'FUNCTION_TIMEOUT';
  if (type === 'Runtime.OutOfMemory' || /signal: killed/.test(message)) return 'MEMORY_EXCEEDED';
  if (
    /^Runtime\.(ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint|MalformedHandlerName)/.test(
      type,
    )
  )
    return 'INIT_FAILED';
  if (tail.some((line) => /^INIT_REPORT .*Status: error/.test(line))) return 'INIT_FAILED';
  return /^Runtime\.ExitError|Extension\./.test(type) ? 'FUNCTION_EXITED' : 'FUNCTION_ERROR';
}

/** The app's own frames: Python's list and Node's are texts, and what they printed says more. */
function tracebackOf(payload: JsonValue | undefined, tail: string[]): string {
  const printed = printedError(tail);
  if (printed !== '') return printed;
  const { stackTrace, trace } = (payload ?? {}) as { stackTrace?: string[]; trace?: string[] };
  return (trace ?? stackTrace ?? []).join(trace === undefined ? '' : '\n').trimEnd();
}

/** Lines that begin with Python's `Traceback`, as far as they belong to it. */
function printedError(tail: string[]): string {
  const begin = tail.findLastIndex((line) => line.includes('Traceback (most recent call last)'));
  if (begin === -1) return '';
  const rest = tail.slice(begin);
  const end = rest.findIndex((line) => /^(START|END|REPORT|INIT_\w+|\[ERROR\]) /.test(line));
  const lines = end === -1 ? rest : rest.slice(0, end);
  return [lines[0]!.slice(lines[0]!.indexOf('Traceback')), ...lines.slice(1)].join('\n').trimEnd();
}
