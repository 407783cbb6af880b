import type { ApiAnswer, ApiCall } from '../../../server.ts';
import type { ObjectFolder } from '../state.ts';
import type { CosState } from '../state.ts';
import type { Bucket } from '../types.ts';
import type { UploadFolder } from '../state.ts';
import type { Websites } from '../../../buckets/websites.ts';

/** One operation of COS. */
export type Operation = OperationHead & (OnBucket | OnAccount);

interface OperationHead {
  /** As policies of COS name it: `PutObject`. */
  name: string;
  method: string;
  about: 'service' | 'bucket' | 'object';
  /** Parameters that the call must have; of two operations that fit, the one with more is meant. */
  parameters?: readonly string[];
  /** Header that the call must have. */
  header?: string;
  /** What anyone must be allowed to, for a call without a signature (`preflight`: nothing); absent: it needs a signature. */
  anyone?: 'read' | 'write' | 'preflight';
}

interface OnBucket {
  /** The bucket is there. Throws `CosError`. */
  run(call: CosCall): Promise<ApiAnswer>;
}

interface OnAccount {
  /** There may be no bucket. Throws `CosError`. */
  runAlone(call: AccountCall): Promise<ApiAnswer>;
}

/** A call that has been found allowed. */
export interface AccountCall {
  api: ApiCall;
  query: URLSearchParams;
  state: CosState;
  /** As the address has it; '': none. */
  bucketName: string;
  /** As the host says; undefined: it says none. */
  region: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

export interface CosCall extends AccountCall {
  websites: Websites;
  bucket: Bucket;
  /** '' of an operation about the bucket. */
  key: string;
  objects: ObjectFolder;
  uploads: UploadFolder;
  signed: boolean;
}
