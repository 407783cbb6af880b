import { Readable } from 'node:stream';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import type { CodeAnswer, CodeError, RunningCode } from '../../types.ts';
import { AwsError } from '../service.ts';
import type { Fn, Revision } from './books.ts';
import {
  conflict,
  type Desk,
  findFunction,
  type LambdaCall,
  nothing,
  type Operation,
  refOf,
} from './desk.ts';
import { invokeComplete, payloadChunk } from './event-stream.ts';
import { functionArn } from './names.ts';
import { chooseRevision } from './routing.ts';

const MOST_SYNC = 6 * 1024 * 1024;
const MOST_ASYNC = 1024 * 1024;
const TAIL_BYTES = 4096;
/** Of an asynchronous call that fails, unless its configuration says otherwise; between them the cloud waits for a minute, we do not. */
const RETRIES = 2;

export const invoke: Operation = async (desk, call) => {
  const type = String(call.headers['x-amz-invocation-type'] ?? 'RequestResponse');
  const { fn, revision, code } = callee(desk, call);
  const event = readEvent(call, type === 'Event' ? MOST_ASYNC : MOST_SYNC);
  const asked = { requestId: call.requestId, event, context: contextOf(call, fn) };
  if (type === 'DryRun') return nothing();
  if (type === 'Event') {
    void inBackground(desk, fn, call, code, event);
    return { status: 202, headers: { 'x-amzn-requestid': call.requestId }, body: '' };
  }
  const answer = await code().invoke(asked);
  refuseThrottled(answer);
  const body =
    answer.error === undefined
      ? JSON.stringify(answer.result ?? null)
      : JSON.stringify(errorOf(answer.error, revision, call.requestId));
  const isTooLarge = Buffer.byteLength(body) > MOST_SYNC;
  const shown = isTooLarge
    ? JSON.stringify({
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size exceeded maximum allowed payload size (${MOST_SYNC} bytes).`,
      })
    : body;
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': call.requestId,
      'x-amz-executed-version': revision.version,
      ...(answer.error === undefined && !isTooLarge ? {} : { 'x-amz-function-error': 'Unhandled' }),
      ...(call.headers['x-amz-log-type'] === 'Tail' ? { 'x-amz-log-result': tailOf(answer) } : {}),
    },
    body: shown,
  };
};

export const invokeAsync: Operation = (desk, call) => {
  const { fn, code } = callee(desk, call);
  void inBackground(desk, fn, call, code, readEvent(call, MOST_ASYNC));
  return { status: 202, headers: {}, body: '' };
};

export const invokeStreaming: Operation = async (desk, call) => {
  const { fn, revision, code } = callee(desk, call);
  const event = readEvent(call, MOST_SYNC);
  const answer = await code().invoke({
    requestId: call.requestId,
    event,
    context: contextOf(call, fn),
    stream: true,
  });
  refuseThrottled(answer);
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-requestid': call.requestId,
      'x-amz-executed-version': revision.version,
    },
    body: Readable.from(messages(answer, revision, call), { objectMode: false }),
  };
};

async function* messages(answer: CodeAnswer, revision: Revision, call: LambdaCall): AsyncGenerator<Buffer> {
  const log = call.headers['x-amz-log-type'] === 'Tail' ? { LogResult: tailOf(answer) } : {};
  const { stream, error, result } = answer;
  if (error !== undefined) {
    const { errorType } = errorOf(error, revision, call.requestId) as { errorType: string };
    yield invokeComplete({ ErrorCode: errorType, ErrorDetails: error.app?.message ?? error.message, ...log });
    return;
  }
  if (stream === undefined) yield payloadChunk(Buffer.from(JSON.stringify(result ?? null)));
  else {
    // As the Runtime API has it: what an HTTP front needs, eight zeros, the body.
    if (stream.plain !== true)
      yield payloadChunk(Buffer.concat([Buffer.from(JSON.stringify(result ?? {})), Buffer.alloc(8)]));
    for await (const chunk of stream.body as AsyncIterable<Buffer>) yield payloadChunk(chunk);
  }
  yield invokeComplete(log);
}

/** Whom it is for, and what it runs, chosen by the weights of an alias. Throws ResourceNotFoundException, ResourceConflictException. */
function callee(desk: Desk, call: LambdaCall): { fn: Fn; revision: Revision; code(): RunningCode } {
  const { context, store, calls } = desk;
  const ref = refOf(call);
  const fn = findFunction(store.current(), ref);
  const revision = chooseRevision(fn, ref.qualifier, Math.random());
  if (context.now() < revision.activeAt)
    throw conflict(
      `The operation cannot be performed at this time. The function is currently in the following state: Pending`,
    );
  if (fn.reserved === 0) throw throttled();
  return {
    fn,
    revision,
    code: () => {
      try {
        return calls.of(store.current(), fn, revision);
      } catch (error) {
        if (!(error instanceof RopewayError)) throw error;
        throw new AwsError(502, 'InvalidRuntimeException', `${error.message} ${error.fix ?? ''}`.trim(), {
          Type: 'User',
        });
      }
    },
  };
}

function readEvent({ body }: LambdaCall, most: number): JsonValue {
  if (body.length > most)
    throw new AwsError(
      413,
      'RequestTooLargeException',
      `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
      { Type: 'User' },
    );
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as JsonValue;
  } catch (error) {
    throw new AwsError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`,
      { Type: 'User' },
    );
  }
}

/** What the caller says beside the event: base64 of JSON. */
function contextOf({ headers, values }: LambdaCall, fn: Fn): JsonObject {
  const arn = values['name']!.startsWith('arn:') ? values['name']! : functionArn(fn);
  const given = headers['x-amz-client-context'];
  const own: JsonObject = { invoked_function_arn: arn };
  if (typeof given !== 'string') return own;
  try {
    const value = JSON.parse(Buffer.from(given, 'base64').toString('utf8')) as JsonObject;
    return { ...own, client_context: value };
  } catch {
    throw new AwsError(
      400,
      'InvalidRequestContentException',
      'Client context must be a valid Base64-encoded JSON object.',
    );
  }
}

async function inBackground(
  { context }: Desk,
  fn: Fn,
  call: LambdaCall,
  code: () => RunningCode,
  event: JsonValue,
): Promise<void> {
  const tries = 1 + Number(fn.eventInvoke['']?.['MaximumRetryAttempts'] ?? RETRIES);
  try {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const { error } = await code().invoke({
        requestId: call.requestId,
        event,
        context: contextOf(call, fn),
      });
      if (error === undefined) return;
    }
    context.onNotice(`${fn.name}: the event ${call.requestId} failed ${tries} times and is given up`);
  } catch (error) {
    context.onNotice(
      `${fn.name}: the event ${call.requestId} could not be given to it: ${(error as Error).message}`,
    );
  }
}

function refuseThrottled({ error }: CodeAnswer): void {
  if (error?.code === 'QUEUE_FULL' || error?.code === 'QUEUE_TIMEOUT') throw throttled();
}

function throttled(): AwsError {
  return new AwsError(429, 'TooManyRequestsException', 'Rate Exceeded.', {
    Type: 'User',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  });
}

/** As the runtimes of the cloud write what went wrong: Python's has lines in `stackTrace`, Node's in `trace`. */
function errorOf(
  { code, message, app }: CodeError,
  { config }: Revision,
  requestId: string,
): Record<string, unknown> {
  const seconds = config.Timeout.toFixed(2);
  if (code === 'FUNCTION_TIMEOUT') {
    const time = new Date().toISOString();
    return {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
      time,
    };
  }
  if (code === 'FUNCTION_EXITED' || code === 'MEMORY_EXCEEDED') {
    const type = code === 'MEMORY_EXCEEDED' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    return { errorType: type, errorMessage: `RequestId: ${requestId} Error: ${message}` };
  }
  if (app === undefined) return { errorType: `Runtime.${code}`, errorMessage: message };
  const lines = app.traceback.split('\n').filter((line) => line.trim() !== '');
  const isNode = config.Runtime.startsWith('nodejs');
  const isImport =
    code === 'INIT_FAILED' &&
    /ModuleNotFound|ImportError|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND/.test(`${app.type} ${app.message}`);
  return {
    errorMessage: app.message,
    errorType: isImport ? 'Runtime.ImportModuleError' : className(app.type),
    requestId,
    ...(isNode ? { trace: lines } : { stackTrace: lines }),
  };
}

/** Without its module; what the cloud itself names stays whole. */
function className(type: string): string {
  return /^(?:Runtime|Function)\./.test(type) ? type : type.split('.').at(-1)!;
}

/** The last 4 KB, in base64. */
function tailOf({ lines }: CodeAnswer): string {
  const text = Buffer.from(lines.map(({ line }) => `${line}\n`).join(''));
  return text.subarray(Math.max(0, text.length - TAIL_BYTES)).toString('base64');
}
