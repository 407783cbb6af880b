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
import { invocationContext } from '../invocation-context.ts';
import type { Journal } from '../journal.ts';
import type { InvocationRecord } from '../types.ts';

/** What became of an event. */
export interface Invoked {
  record: InvocationRecord;
  /** The function's result; absent when the platform has an error to tell instead, which `record` has. */
  result?: JsonValue;
  /** What the app raised behind a 500 result. */
  error?: AppError;
}

/** Gives an event to a function as it is, without any gateway. Never rejects: the record tells. */
export async function invokeDirectly(
  fn: RunningFunction,
  event: JsonObject,
  journal: Journal,
): Promise<Invoked> {
  const spec = fn.spec();
  const record: InvocationRecord = {
    ...newRecord({ function: spec.name, method: 'INVOKE', path: '' }),
    status: 200,
    requestBytes: Buffer.byteLength(JSON.stringify(event)),
  };
  noteFunction(record, fn);
  const call = { record, arrived: performance.now() };
  try {
    const lease = await fn.acquire();
    const { instance } = lease;
    try {
      await noteStart(call, lease);
      journal.onStart(record);
      if (instance.kind === 'web') {
        throw new InvocationError('BAD_REQUEST', `${spec.name} is a web function: it takes HTTP, not events`);
      }
      const started = performance.now();
      const context = invocationContext(spec, record.version, record.requestId);
      const { timeout } = spec.limits;
      try {
        const answer = await instance.invoke({ requestId: record.requestId, event, context, timeout });
        record.responseBytes = Buffer.byteLength(JSON.stringify(answer.result) ?? '');
        const { error } = answer;
        if (error === undefined) return { record, result: answer.result };
        noteAppError(record, error);
        return { record, result: answer.result, error };
      } finally {
        noteEnd(call, instance, started);
      }
    } finally {
      instance.requestId = undefined;
      lease.release();
    }
  } catch (thrown) {
    noteError(record, asInvocationError(thrown));
    return { record };
  } finally {
    record.totalMs = elapsed(call.arrived);
    journal.onRecord(record);
  }
}
