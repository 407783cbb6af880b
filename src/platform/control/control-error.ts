import { z } from 'zod';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { InvocationError } from '../errors.ts';

/** Statuses of what `RopewayError`s say; others are 400 or 500 by whose fault it is. */
const STATUS: Record<string, number> = {
  NO_SUCH_FUNCTION: 404,
  NO_SUCH_VERSION: 404,
  NO_SUCH_ALIAS: 404,
  NO_SUCH_PACKAGE: 404,
  NO_SUCH_SITE: 404,
  NO_SUCH_OPERATION: 404,
  METHOD_NOT_ALLOWED: 405,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  IN_USE: 409,
  NAME_TAKEN: 409,
  ROUTE_CONFLICT: 409,
  BODY_TOO_LARGE: 413,
  PACKAGE_TOO_LARGE: 413,
  STATE_WRITE: 507,
};

/** Whatever an operation has thrown, as status and body of its answer. */
export function errorAnswer(error: unknown): { status: number; body: object } {
  if (error instanceof InvocationError) {
    const { code, message, app } = error;
    // What the caller wants to have run does not run: 422, whatever status its own clients would get.
    return { status: 422, body: { error: { code, message, ...(app === undefined ? {} : { app }) } } };
  }
  if (!(error instanceof RopewayError)) {
    return { status: 500, body: { error: { code: 'INTERNAL', message: errorMessage(error) } } };
  }
  const { code, message, expected, got, detail, fix, fault } = error;
  return {
    status: STATUS[code] ?? (fault === 'user' ? 400 : 500),
    body: { error: { code, message, expected, got, detail, fix } },
  };
}

/** The value, or BAD_BODY with the place of what is wrong; values are not repeated: they may be secrets. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const place = path.map(String).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  throw new RopewayError({
    code: 'BAD_BODY',
    message: `${what} is not what this operation takes.`,
    detail: problems.join('\n'),
    fix: 'GET /v1/openapi.json describes what each operation takes',
  });
}
