/** A status code of SCF, and its words where they are always the same. */
export interface ScfStatus {
  status: number;
  message?: string;
}

/** Status codes of functions (https://cloud.tencent.com/document/product/583/42611) for what the platform says. */
const OF_EVENTS: Record<string, ScfStatus> = {
  FUNCTION_ERROR: { status: 430, message: 'user code exception caught' },
  INIT_FAILED: { status: 430, message: 'user code exception caught' },
  INIT_TIMEOUT: { status: 433 },
  FUNCTION_TIMEOUT: { status: 433 },
  MEMORY_EXCEEDED: { status: 434 },
  TMP_EXCEEDED: { status: 432 },
  FUNCTION_EXITED: { status: 439, message: 'user process exit when running' },
  QUEUE_FULL: { status: 432 },
  QUEUE_TIMEOUT: { status: 432 },
  RESPONSE_TOO_LARGE: { status: 407 },
};

/** A web function that ends before it listens has exited; one that does not listen in time has not bound its port. */
const OF_WEB: Record<string, ScfStatus> = {
  ...OF_EVENTS,
  INIT_FAILED: { status: 405 },
  WEB_BOOTSTRAP: { status: 405 },
  INIT_TIMEOUT: { status: 446 },
};

/** For a code of `CodeError`. */
export function scfStatus(code: string, kind: 'event' | 'web' = 'event'): ScfStatus {
  return (kind === 'web' ? OF_WEB : OF_EVENTS)[code] ?? { status: 430 };
}
