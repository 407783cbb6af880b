import type COS from 'cos-nodejs-sdk-v5';

import { endpointOf, guarded } from './clients.ts';
import { findKeys } from './credentials.ts';
import type { TencentOptions } from './options.ts';

/** Object storage, with calls that reject with `RopewayError`s. */
export interface Cos {
  call<A extends CosAction>(action: A, parameters: Asked<A>): Promise<Awaited<ReturnType<COS[A]>>>;
}

type CosAction =
  | 'putBucket'
  | 'getBucket'
  | 'deleteBucket'
  | 'putBucketAcl'
  | 'putBucketTagging'
  | 'getBucketTagging'
  | 'putBucketWebsite'
  | 'getBucketWebsite'
  | 'putBucketCors'
  | 'deleteBucketCors'
  | 'putBucketLifecycle'
  | 'headObject'
  | 'getObject'
  | 'putObject'
  | 'deleteObject'
  | 'deleteMultipleObject';

/** Not that of the callback. */
type Asked<A extends CosAction> = Extract<Parameters<COS[A]>, [unknown]>[0];

/** Where a bucket is. */
export interface At {
  Bucket: string;
  Region: string;
}

/** Opens it; the SDK is loaded now. */
export async function openCos(options: TencentOptions): Promise<Cos> {
  const { region, signal, tries } = options;
  const [{ default: Client }, keys] = await Promise.all([import('cos-nodejs-sdk-v5'), findKeys(options)]);
  const client = new Client({
    SecretId: keys.secretId,
    SecretKey: keys.secretKey,
    ...(keys.token === undefined ? {} : { SecurityToken: keys.token }),
    ...addressOf(options),
  });
  return {
    call: (action, parameters) =>
      guarded({ service: 'cos', region, signal, tries }, action, () => {
        signal.throwIfAborted();
        return (client[action] as (one: object) => Promise<never>)(parameters);
      }),
  };
}

/** The SDK knows no path style any more; that of an emulator comes with the domain. */
function addressOf(options: TencentOptions): COS.COSOptions {
  const endpoint = endpointOf(options);
  if (endpoint === undefined) return { Protocol: 'https:' };
  const { protocol, host } = new URL(endpoint);
  return {
    Protocol: protocol as 'http:',
    Domain: `${host}/{Bucket}`,
    ServiceDomain: host,
    AutoSwitchHost: false,
  };
}
