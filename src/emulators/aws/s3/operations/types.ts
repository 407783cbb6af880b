import type { ApiAnswer, ApiCall } from '../../../server.ts';
import type { Websites } from '../../../buckets/websites.ts';
import type { AwsCall } from '../../service.ts';
import type { Bucket, ObjectFolder, S3State, UploadFolder } from '../types.ts';

/** One operation of S3. */
export type Operation = OperationHead & (OnBucket | OnAccount);

interface OperationHead {
  /** As the API names it: `PutObject`. */
  name: string;
  method: string;
  about: 'service' | 'bucket' | 'object';
  /** Parameters that the call must have; of two operations that fit, the one with more is meant. */
  parameters?: readonly string[];
  /** Header that the call must have. */
  header?: string;
  /** What a policy calls it that lets anyone do it (`s3:GetObject`; `preflight`: no need); absent: it needs a signature. */
  anyone?: string;
}

interface OnBucket {
  /** The bucket is there. Throws `AwsError`. */
  run(call: S3Call): Promise<ApiAnswer> | ApiAnswer;
}

interface OnAccount {
  /** There may be no bucket. Throws `AwsError`. */
  runAlone(call: AccountCall): Promise<ApiAnswer> | ApiAnswer;
}

/** A call that has been found allowed. */
export interface AccountCall {
  api: AwsCall;
  query: URLSearchParams;
  headers: ApiCall['headers'];
  state: S3State;
  websites: Websites;
  /** As the address has it; '': none. */
  bucketName: string;
  /** Milliseconds since 1970. */
  now: number;
}

export interface S3Call extends AccountCall {
  bucket: Bucket;
  /** '' of an operation about the bucket. */
  key: string;
  objects: ObjectFolder;
  uploads: UploadFolder;
  signed: boolean;
}
