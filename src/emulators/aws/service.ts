import type { ApiAnswer, ApiCall } from '../server.ts';

/** A call whose signature has been found good. */
export interface AwsCall extends ApiCall {
  region: string;
  parameters: URLSearchParams;
}

/** One service of the cloud: `lambda`, `s3`, `apigateway`, `iam`, `sts`, `logs`. */
export interface AwsService {
  /** As signatures name it. */
  name: string;
  /** The name of the operation (`CreateFunction`), as faults name it; undefined: no such operation. */
  operation(call: ApiCall): string | undefined;
  /** Rejects with `AwsError`. */
  handle(call: AwsCall): Promise<ApiAnswer>;
  /** An error as this service's protocol writes it. */
  failure(error: AwsError, call: ApiCall): ApiAnswer;
  /** Whether it answers a call that nobody has signed: a download, a public object. */
  takesUnsigned?(call: ApiCall): boolean;
  /** The emulator listens: addresses can be made. */
  listening?(): Promise<void>;
  /** Ends what runs for it. */
  close?(): Promise<void>;
}

/** What a service refuses, as the cloud would. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly status: number;
  /** `ResourceNotFoundException` */
  readonly code: string;
  /** More keys of its body: `{Type: 'User'}`. */
  readonly more: Record<string, unknown>;

  constructor(status: number, code: string, message: string, more: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** The only account that there is. */
export const ACCOUNT = '000000000000';
