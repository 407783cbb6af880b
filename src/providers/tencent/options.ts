import { RopewayError } from '../../lib/errors.ts';

export interface TencentOptions {
  /** `ap-guangzhou`; see `findRegion`. */
  region: string;
  /** Instead of Tencent Cloud's own: an emulator's. Absent: what `TENCENTCLOUD_ENDPOINT` says. */
  endpoint?: string | undefined;
  /** Go before all other places. */
  credentials?: Keys | undefined;
  /** Of the account that the keys are of; absent: `TENCENT_APP_ID`, else Tencent Cloud is asked. */
  appId?: string | undefined;
  /** Where keys, endpoint, proxy and the home folder are looked for: `process.env`, with what a `.env` says. */
  env?: Record<string, string | undefined>;
  /** Ends what is being done. */
  signal: AbortSignal;
  /** How often a call that is throttled or gets no answer is tried; default 8. */
  tries?: number;
  /** Something that is otherwise than it was wished, or is good to know. */
  onNote?(text: string): void;
}

export interface Keys {
  secretId: string;
  secretKey: string;
  /** Of keys for a time. */
  token?: string;
}

/** The region to deploy to: the given one, else `TENCENTCLOUD_REGION`, `TENCENT_REGION`, `REGION`. Throws REGION_MISSING. */
export function findRegion({
  region,
  env = process.env,
}: {
  region?: string | undefined;
  env?: Record<string, string | undefined>;
}): string {
  const told = region || env['TENCENTCLOUD_REGION'] || env['TENCENT_REGION'] || env['REGION'];
  if (told !== undefined && told !== '') return told;
  throw new RopewayError({
    code: 'REGION_MISSING',
    message: 'No region is given for Tencent Cloud.',
    expected: '`region: ap-guangzhou` in the inputs, or TENCENTCLOUD_REGION',
  });
}
