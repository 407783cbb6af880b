import type { JsonObject, JsonValue } from '../../events/types.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import { InvocationError } from '../errors.ts';
import type { RunningFunction } from '../function.ts';
import {
  elapsed,
  newRecord,
  noteAppError,
  noteEnd,
  noteError,
  noteFunction,
  noteStart,
} from '../gateway/call.ts';
import { asInvocationError } from '../gateway/handle.ts';
import type { AnswerBody } from '../instances/instance.ts';
import { invocationContext } from '../invocation-context.ts';
import type { Journal } from '../journal.ts';
import type { InvocationRecord } from '../types.ts';

export interface DirectCall {
  event: JsonValue;
  /** Default: a new one. */
  requestId?: string;
  /** Laid over the function's own. */
  context?: JsonObject;
  /** The answer may come in parts; default: it is kept until it is whole. */
  stream?: boolean;
}

/** What became of an event. */
export interface Invoked {
  /** Complete when the answer is; of a `stream` when that is done. */
  record: InvocationRecord;
  /** The function's result; absent when the platform has an error to tell instead, which `record` has. */
  result?: JsonValue;
  /** The rest of the result. */
  stream?: AnswerBody;
  /** What the app raised behind a 500 result. */
  error?: AppError;
}

/** Gives an event to a function as it is, without any gateway. Never rejects: the record tells. */
export async function invokeDirectly(
  fn: RunningFunction,
  { event, requestId, context, stream = false }: DirectCall,
  journal: Journal,
): Promise<Invoked> {
  const spec = fn.spec();
  const record: InvocationRecord = {
    ...newRecord({ function: spec.name, method: 'INVOKE', path: '' }),
    ...(requestId === undefined ? {} : { requestId }),
    status: 200,
    requestBytes: Buffer.byteLength(JSON.stringify(event)),
  };
  noteFunction(record, fn);
  const call = { record, arrived: performance.now() };
  const end = (): void => {
    record.totalMs = elapsed(call.arrived);
    journal.onRecord(record);
  };
  const failed = (thrown: unknown): void => noteError(record, asInvocationError(thrown));
  try {
    const lease = await fn.acquire();
    const { instance } = lease;
    let started = 0;
    const release = (): void => {
      if (started > 0) noteEnd(call, instance, started);
      instance.requestId = undefined;
      lease.release();
      end();
    };
    try {
      await noteStart(call, lease);
      journal.onStart(record);
      if (instance.kind === 'web') {
        throw new InvocationError('BAD_REQUEST', `${spec.name} is a web function: it takes HTTP, not events`);
      }
      started = performance.now();
      const answer = await instance.invoke({
        requestId: record.requestId,
        event,
        context: invocationContext(spec, record.version, record.requestId, context),
        timeout: spec.limits.timeout,
        stream,
      });
      if (answer.stream !== undefined) {
        record.streamed = true;
        void answer.stream.done.catch(failed).finally(release);
        return { record, result: answer.result, stream: answer.stream };
      }
      record.responseBytes = Buffer.byteLength(JSON.stringify(answer.result) ?? '');
      const { error } = answer;
      if (error !== undefined) noteAppError(record, error);
      release();
      return { record, result: answer.result, ...(error === undefined ? {} : { error }) };
    } catch (thrown) {
      failed(thrown);
      release();
      return { record };
    }
  } catch (thrown) {
    failed(thrown);
    end();
    return { record };
  }
}
