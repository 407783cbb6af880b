/** Who has to act: the person at the keyboard, or us. */
export type Fault = 'user' | 'system';

export interface ErrorDetails {
  /** Stable, upper-case, for programs: `APP_NOT_FOUND`. */
  code: string;
  /** One sentence: what went wrong. */
  message: string;
  /** Default `user`. */
  fault?: Fault;
  expected?: string;
  got?: string;
  /** What to do about it: a command, an option, an edit. */
  fix?: string;
  /** Further text shown as it is: candidates, a traceback. */
  detail?: string;
  cause?: unknown;
}

/**
 * The only error that Ropeway raises on purpose. User errors end the command with exit code 2,
 * system errors with 1.
 */
export class RopewayError extends Error {
  override readonly name = 'RopewayError';
  readonly code: string;
  readonly fault: Fault;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly fix: string | undefined;
  readonly detail: string | undefined;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.fault = details.fault ?? 'user';
    this.expected = details.expected;
    this.got = details.got;
    this.fix = details.fix;
    this.detail = details.detail;
  }

  get exitCode(): 1 | 2 {
    return this.fault === 'user' ? 2 : 1;
  }
}

/** The error as lines for a terminal or a plain-text answer, without colour and without a stack. */
export function describeError(error: RopewayError): string {
  const lines = [`${error.message} [${error.code}]`];
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.got !== undefined) lines.push(`  got:      ${error.got}`);
  if (error.detail !== undefined) lines.push(error.detail.replace(/^/gm, '  '));
  if (error.fix !== undefined) lines.push(`  to mend:  ${error.fix}`);
  return lines.join('\n');
}

/** Any thrown value as text, for messages that quote someone else's error. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
