import type { AppError } from '../runtimes/protocol.ts';

/** Every way in which a request fails on the platform, with the HTTP status that answers it. */
const STATUS = {
  INIT_FAILED: 502,
  INIT_TIMEOUT: 504,
  FUNCTION_ERROR: 502,
  FUNCTION_EXITED: 502,
  FUNCTION_TIMEOUT: 504,
  MEMORY_EXCEEDED: 502,
  TMP_EXCEEDED: 502,
  BAD_RESULT: 502,
  RESPONSE_TOO_LARGE: 502,
  QUEUE_FULL: 429,
  QUEUE_TIMEOUT: 503,
  STOPPING: 503,
  STARTING: 503,
  NO_ROUTE: 404,
  NO_FILE: 404,
  FILE_UNREADABLE: 500,
  METHOD_NOT_ALLOWED: 405,
  PRECONDITION_FAILED: 412,
  RANGE_NOT_SATISFIABLE: 416,
  BAD_REQUEST: 400,
  REQUEST_TIMEOUT: 408,
  PAYLOAD_TOO_LARGE: 413,
  HEADERS_TOO_LARGE: 431,
  CLIENT_CLOSED: 499,
} as const;

export type InvocationErrorCode = keyof typeof STATUS;

/** What may be over soon. */
const RETRY = { QUEUE_FULL: true, QUEUE_TIMEOUT: true, STOPPING: true, STARTING: true };

/** Why a request got no answer from the app. `app` carries what the app itself said. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  readonly code: InvocationErrorCode;
  readonly status: number;
  readonly app: AppError | undefined;
  /** Seconds after which another try may do better; only where one may. */
  readonly retryAfter: number | undefined;

  constructor(code: InvocationErrorCode, message: string, app?: AppError, retryAfter?: number) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.app = app;
    this.retryAfter = retryAfter ?? (code in RETRY ? 1 : undefined);
  }
}
