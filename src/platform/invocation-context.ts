import type { JsonObject } from '../events/types.ts';
import type { FunctionSpec } from './types.ts';

/** The second argument of a handler, as plain JSON; the runtimes make their language's object of it. */
export function invocationContext(
  spec: FunctionSpec,
  version: number,
  requestId: string,
  more?: JsonObject,
): JsonObject {
  return {
    request_id: requestId,
    function_name: spec.name,
    function_version: String(version),
    memory_limit_in_mb: spec.limits.memory,
    time_limit_in_ms: spec.limits.timeout * 1000,
    deadline_ms: Date.now() + spec.limits.timeout * 1000,
    ...spec.context,
    ...more,
  };
}
