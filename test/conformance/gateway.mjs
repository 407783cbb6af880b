// The platform's own gateway in front of a handler of this process, instead of one in an instance.
import { InvocationError } from '../../dist/platform/errors.js';
import { requestHandler } from '../../dist/platform/gateway/handle.js';
import { DEFAULT_LIMITS } from '../../dist/platform/types.js';

/** A request listener that turns each request into an event of `eventFormat` and calls `main(event, context)`. */
export function throughEvents(main, eventFormat) {
  const spec = { name: 'conformance', eventFormat, stage: '', env: {}, limits: DEFAULT_LIMITS };
  const instance = {
    id: 'conformance',
    kind: 'event',
    pid: process.pid,
    ready: Promise.resolve({ initMs: 0, routes: null }),
    requestId: undefined,
    invoke: (call) => invoke(main, call),
  };
  const lease = { instance, cold: false, release() {} };
  return requestHandler({
    fn: { spec: () => spec, version: () => 1, acquire: () => Promise.resolve(lease) },
    isForDevelopment: false,
    onStart() {},
    onRecord() {},
  });
}

async function invoke(main, { event, context }) {
  try {
    return { result: overTheWire(await main(overTheWire(event), overTheWire(context))), error: undefined };
  } catch (error) {
    throw new InvocationError('FUNCTION_ERROR', error?.message ?? String(error));
  }
}

/** What is left of a value once it has been JSON between two processes. */
export function overTheWire(value) {
  return JSON.parse(JSON.stringify(value));
}
