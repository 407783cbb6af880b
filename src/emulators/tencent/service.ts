import type { JsonObject } from '../../events/types.ts';

/** A call of one of the APIs of `*.tencentcloudapi.com`, whatever signature it came with, once that has been found good. */
export interface ActionCall {
  requestId: string;
  /** `scf`, `cam`, `tag`, `sts`, `cls`, `apigateway`: from host, credential scope, or version. */
  service: string;
  /** `CreateFunction` */
  action: string;
  /** `2018-04-16`; `v2`: an old call through `/v2/index.php`, whose answers have `code`, `message` and `codeDesc` beside what `handle` gives. */
  version: string;
  /** '' when it has none. */
  region: string;
  /** JSON body, or form with flattened keys (`Environment.Variables.0.Key`) as the tree that it means; then all values are texts. */
  parameters: JsonObject;
  /** It was a form: numbers and truth values are texts. */
  isForm?: boolean;
}

/** One of these APIs. */
export interface TencentService {
  /** `scf` */
  name: string;
  actions: readonly string[];
  /** What stands in `Response`, without RequestId. Rejects with `TencentError`. */
  handle(call: ActionCall): Promise<JsonObject>;
  close?(): Promise<void>;
}

/** What a service refuses, as the cloud would. */
export class TencentError extends Error {
  override readonly name = 'TencentError';
  /** `ResourceNotFound.Function` */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The only account that there is. */
export const APP_ID = '1250000000';
export const UIN = '100000000001';
