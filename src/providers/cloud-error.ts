import { type Fault, RopewayError } from '../lib/errors.ts';

/** Our code for what a cloud refused: the same for the same thing, whichever cloud it is. */
export type CloudCode =
  /** There are no credentials at all. */
  | 'CREDENTIALS_MISSING'
  /** They were good once. */
  | 'CREDENTIALS_EXPIRED'
  /** The cloud does not know them, or the signature is not theirs. */
  | 'CREDENTIALS_WRONG'
  /** They are known, and may not do this. */
  | 'ACCESS_DENIED'
  /** Too many calls, even after several tries. */
  | 'THROTTLED'
  /** The account has as many as it may have, or too little money. */
  | 'QUOTA_REACHED'
  /** Somebody else has a thing of this name. */
  | 'NAME_TAKEN'
  | 'CLOUD_UNREACHABLE'
  /** The region or its endpoint is another one, or has no such service. */
  | 'WRONG_REGION'
  /** What it needs is not there (any more). */
  | 'NOT_THERE'
  /** Something else is being done to it, even after several tries. */
  | 'CLOUD_BUSY'
  /** Did not come to an end in time. */
  | 'CLOUD_TOO_SLOW'
  /** The package is larger than the cloud takes. */
  | 'PACKAGE_TOO_LARGE'
  /** A value that the cloud does not take. */
  | 'CLOUD_REFUSED'
  /** A fault of the cloud's. */
  | 'CLOUD_FAILED';

/** What an error of a cloud means, in our words. */
export interface Explanation {
  code: CloudCode;
  /** One sentence that says what it means for this action. */
  means: string;
  /** What to do. */
  fix?: string;
  /** Default `user`. */
  fault?: Fault;
}

export interface CloudFailure {
  /** As people call it: `AWS`, `Tencent Cloud`. */
  cloud: string;
  /** The cloud's own: `ResourceConflictException`; '' when no answer came. */
  code: string;
  /** The cloud's own. */
  message: string;
  requestId?: string | undefined;
  /** What was asked of which service: `lambda CreateFunction`. */
  action: string;
  explained: Explanation;
  cause?: unknown;
}

/** An error of a cloud as ours: what it means, what to do, and in `got` what the cloud said, by which its support finds the call. */
export function cloudError(failure: CloudFailure): RopewayError {
  const { cloud, code, message, requestId, action, explained, cause } = failure;
  const said = [code, message.trim()].filter((text) => text !== '').join(': ');
  const call = requestId === undefined ? action : `${action}, request ${requestId}`;
  return new RopewayError({
    code: explained.code,
    message: explained.means,
    fault: explained.fault ?? 'user',
    got: `${cloud} said ${said === '' ? 'nothing' : said} (${call})`,
    ...(explained.fix === undefined ? {} : { fix: explained.fix }),
    ...(cause === undefined ? {} : { cause }),
  });
}
