import type { ApiAnswer, ApiCall } from '../../../server.ts';
import type { ObjectFolder } from '../objects.ts';
import type { CosState } from '../state.ts';
import type { Bucket } from '../types.ts';
import type { UploadFolder } from '../uploads.ts';
import type { Websites } from '../website/websites.ts';

/** One operation of COS. */
export interface Operation {
  /** As policies of COS name it: `PutObject`. */
  name: string;
  method: string;
  about: 'service' | 'bucket' | 'object';
  /** Parameters that the call must have; of two operations that fit, the one with more is meant. */
  parameters?: readonly string[];
  /** Header that the call must have. */
  header?: string;
  /** What somebody without a signature must be allowed to (`preflight`: nothing); absent: nobody without one may. */
  anyone?: 'read' | 'write' | 'preflight';
  /** Throws `CosError`. */
  run(call: CosCall): Promise<ApiAnswer>;
}

/** A call that has been found allowed. */
export interface CosCall {
  api: ApiCall;
  query: URLSearchParams;
  state: CosState;
  websites: Websites;
  /** Of an operation about a bucket or object. */
  bucket: Bucket;
  /** As the address has it: the bucket need not be there. */
  bucketName: string;
  key: string;
  /** As the host says; undefined: it says none. */
  region: string | undefined;
  objects: ObjectFolder;
  uploads: UploadFolder;
  signed: boolean;
  /** Milliseconds since 1970. */
  now: number;
}
