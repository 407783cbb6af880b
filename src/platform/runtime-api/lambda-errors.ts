import { isObject } from '../../events/json.ts';
import type { JsonValue } from '../../events/types.ts';
import type { AppError } from '../../runtimes/protocol.ts';

/** `{errorType, errorMessage, stackTrace}` as a Lambda runtime posts it, Node's with `trace`; `type`: that of its header. */
export function errorOfBody(body: JsonValue, type: string | undefined): AppError {
  const fields = isObject(body) ? body : {};
  const { errorType, errorMessage, stackTrace, trace } = fields;
  return {
    type: text(errorType) ?? type ?? 'Function.Unknown',
    message: text(errorMessage) ?? (typeof body === 'string' ? body : ''),
    traceback: lines(stackTrace ?? trace).join('\n'),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Python gives one or two lines with their ends in each, .NET and Java a text in one. */
function lines(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.map((line) => (typeof line === 'string' ? line.replace(/\n$/, '') : JSON.stringify(line)));
}
