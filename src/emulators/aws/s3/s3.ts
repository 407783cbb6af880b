import { join } from 'node:path';

import { corsHeaders } from '../../buckets/cors.ts';
import { contentOf } from '../../buckets/objects.ts';
import { createWebsites, type Websites } from '../../buckets/websites.ts';
import type { ApiAnswer, ApiCall } from '../../server.ts';
import type { AwsContext } from '../context.ts';
import { ACCOUNT, type AwsCall, AwsError, type AwsService } from '../service.ts';
import { readSignature } from '../signing/read-signature.ts';
import { mayAnyone } from './access.ts';
import { addressOf, type S3Address } from './address.ts';
import { accessDenied, failure, invalidRequest, noSuchBucket, notImplemented } from './errors.ts';
import { findOperation } from './operations/list.ts';
import { readTags } from './operations/settings.ts';
import type { AccountCall, Operation, S3Call } from './operations/types.ts';
import { isSignedAddress } from './signature-v2.ts';
import { type Bucket, openState, type S3Keeps, type S3State } from './types.ts';
import { websiteAnswer } from './website/answer.ts';

interface Desk {
  context: AwsContext;
  state: S3State;
  websites: Websites;
}

/**
 * S3: its REST API, and the static websites of its buckets. What it has not: versions of objects, forms of browsers (POST Object),
 * archives, notifications, and that policies decide about anything but what anyone may do.
 */
export function openS3(context: AwsContext): AwsService {
  const state = openState(join(context.folder, 's3'), context.onNotice);
  const websites = createWebsites<S3Keeps>({
    host: () => new URL(context.baseUrl()).hostname.replaceAll(/^\[|\]$/g, ''),
    state,
    answer: async (bucket, call, origin) =>
      withIds(await websiteAnswer(bucket, state.objects(bucket), call, origin), call),
    onNotice: context.onNotice,
  });
  const desk: Desk = { context, state, websites };
  context.peers.objects = {
    read: async (name, key) => {
      const bucket = state.find(name);
      const file = bucket === undefined ? undefined : await state.objects(bucket).open(key);
      return file === undefined ? undefined : contentOf(file);
    },
  };
  (context.peers.tagged ??= []).push((region) => tagsOfBuckets(state, region));
  return {
    name: 's3',
    operation: (call) => operationOf(call)?.name,
    takesUnsigned: (call) => {
      try {
        const { bucket } = addressOf(call);
        return isUnsigned(call) && bucket !== undefined && state.find(bucket) !== undefined;
      } catch {
        return false;
      }
    },
    handle: async (call) => withIds(await handle(desk, call), call),
    failure,
    listening: () => websites.update(),
    close: async () => {
      await websites.close();
      await state.settled();
    },
  };
}

function tagsOfBuckets(state: S3State, region: string): Record<string, Record<string, string>> {
  const tagged = state
    .buckets()
    .flatMap(({ name, region: own, settings: { tagging } }) =>
      own === region && tagging !== undefined
        ? [[`arn:aws:s3:::${name}`, readTags(tagging, 50)] as const]
        : [],
    );
  return Object.fromEntries(tagged);
}

function isUnsigned(call: ApiCall): boolean {
  return readSignature(call) === undefined;
}

function withIds(answer: ApiAnswer, { requestId }: ApiCall): ApiAnswer {
  const ids = { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId, server: 'AmazonS3' };
  return { ...answer, headers: { ...ids, ...answer.headers } };
}

function operationOf(call: ApiCall): Operation | undefined {
  const address = addressOf(call);
  const about = address.bucket === undefined ? 'service' : address.key === '' ? 'bucket' : 'object';
  const query = new URLSearchParams(call.query.replaceAll('+', '%2B'));
  return findOperation({ method: call.method, about, query, headers: call.headers });
}

async function handle(desk: Desk, call: AwsCall): Promise<ApiAnswer> {
  const { context, state, websites } = desk;
  const address = addressOf(call);
  if (address.website) {
    const bucket = bucketOf(address, state);
    return websiteAnswer(bucket, state.objects(bucket), call, `http://${call.headers.host ?? ''}`);
  }
  const operation = operationOf(call);
  if (operation === undefined) throw notImplemented('A header or query you provided');
  const signed = isSignedAddress(call, address, context) || !isUnsigned(call);
  const alone: AccountCall = {
    api: call,
    query: call.parameters,
    headers: call.headers,
    state,
    websites,
    bucketName: address.bucket ?? '',
    now: context.now(),
  };
  if ('runAlone' in operation) {
    if (!signed) throw accessDenied();
    return operation.runAlone(alone);
  }
  const bucket = bucketOf(address, state);
  const { key } = address;
  const objects = state.objects(bucket);
  const whole: S3Call = { ...alone, bucket, key, objects, uploads: state.uploads(bucket), signed };
  checkKey(key);
  if (signed) checkOwnerAndRegion(call, bucket);
  else await checkAnyone(operation, whole);
  const answer = await operation.run(whole);
  const cors = corsHeaders(bucket.settings['cors'], call.headers.origin, call.method);
  return { ...answer, headers: { ...answer.headers, ...cors } };
}

function bucketOf({ bucket: name = '' }: S3Address, state: S3State): Bucket {
  const bucket = state.find(name);
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

/** Bytes of UTF-8. */
const LONGEST_KEY = 1024;

function checkKey(key: string): void {
  const Size = Buffer.byteLength(key);
  if (Size > LONGEST_KEY)
    throw new AwsError(400, 'KeyTooLongError', 'Your key is too long', { Size, MaxSizeAllowed: LONGEST_KEY });
  if (key.includes('\0')) throw invalidRequest('Keys must not have NUL characters.');
}

function checkOwnerAndRegion(call: AwsCall, bucket: Bucket): void {
  const { headers, region } = call;
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== ACCOUNT) throw accessDenied();
  // The old way of signing names no region.
  if (region === bucket.region || isUnsigned(call)) return;
  throw new AwsError(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization header is malformed; the region '${region}' is wrong; expecting '${bucket.region}'`,
    { Region: bucket.region, Headers: { 'x-amz-bucket-region': bucket.region } },
  );
}

/** Anyone who may not list the bucket is not told what it has not. */
async function checkAnyone({ anyone }: Operation, { bucket, key, objects }: S3Call): Promise<void> {
  if (anyone === 'preflight') return;
  if (anyone === undefined) throw accessDenied();
  const name = key === '' ? undefined : key;
  const info = name === undefined ? undefined : await objects.info(name);
  if (!mayAnyone(anyone, bucket, name, info)) throw accessDenied();
  if (anyone === 's3:GetObject' && info === undefined && !mayAnyone('s3:ListBucket', bucket))
    throw accessDenied();
}
