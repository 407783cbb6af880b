import type { JsonObject } from '../../../events/types.ts';
import type { ApiAnswer } from '../../server.ts';
import type { Dialect } from './read-call.ts';

/** Python's SDK looks for errors only under exactly this type. */
const HEADERS = { 'content-type': 'application/json' };

export function successAnswer(dialect: Dialect, requestId: string, result: JsonObject): ApiAnswer {
  return jsonAnswer(
    dialect === 'v2'
      ? { code: 0, message: '', codeDesc: 'Success', ...result }
      : { Response: { ...result, RequestId: requestId } },
  );
}

/** Errors are 200, too, unless a fault on demand wants it otherwise. */
export function errorAnswer(
  dialect: Dialect,
  requestId: string,
  { code, message }: { code: string; message: string },
  status = 200,
): ApiAnswer {
  return jsonAnswer(
    dialect === 'v2'
      ? { code: oldCode(code), message: `(${oldCode(code)})${message}`, codeDesc: code }
      : { Response: { Error: { Code: code, Message: message }, RequestId: requestId } },
    status,
  );
}

/** Codes of API 2.0 for those of 3.0 (https://cloud.tencent.com/document/product/214/12342). */
const OLD_CODES: [prefix: string, code: number][] = [
  ['AuthFailure.SecretIdNotFound', 4104],
  ['AuthFailure.TokenFailure', 4105],
  ['AuthFailure', 4100],
  ['UnauthorizedOperation', 4102],
  ['RequestLimitExceeded', 4400],
  ['LimitExceeded', 4400],
  ['ResourceNotFound', 5000],
  ['ResourceInUse', 5100],
  ['FailedOperation', 5100],
  ['InternalError', 6000],
];

function oldCode(code: string): number {
  if (/^\d+$/.test(code)) return Number(code);
  return OLD_CODES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 4000;
}

function jsonAnswer(body: JsonObject, status = 200): ApiAnswer {
  return { status, headers: HEADERS, body: JSON.stringify(body) };
}
