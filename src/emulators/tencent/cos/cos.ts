import { join } from 'node:path';
import { Readable } from 'node:stream';

import type { ApiAnswer, ApiCall } from '../../server.ts';
import type { TencentContext, TencentHttpService } from '../context.ts';
import { mayAnyone } from './acl.ts';
import { addressOf, type CosAddress, queryPairs, targetOf } from './address.ts';
import { isAuthentic } from './authenticate.ts';
import { corsHeaders } from '../../buckets/cors.ts';
import { accessDenied, CosError, errorAnswer, noSuchBucket } from './errors.ts';
import { contentOf } from '../../buckets/objects.ts';
import { findOperation } from './operations/list.ts';
import type { AccountCall, CosCall, Operation } from './operations/types.ts';
import { type CosKeeps, type CosState, openState } from './state.ts';
import type { Bucket } from './types.ts';
import { websiteAnswer } from './website/answer.ts';
import { createWebsites, type Websites } from '../../buckets/websites.ts';

/**
 * Object storage: its XML API, and the static websites of its buckets. What it has not: versions of objects, POST Object (forms of browsers),
 * archives, selects, and that policies decide about anything.
 */
export async function openCos(context: TencentContext): Promise<TencentHttpService> {
  const state = openState(join(context.folder, 'cos'), context.onNotice);
  const websites = createWebsites<CosKeeps>({
    host: () => context.host,
    state,
    answer: async (bucket, call, origin) => {
      const answer = await websiteAnswer(bucket, state.objects(bucket), call, origin);
      return { ...answer, headers: { ...answer.headers, 'x-cos-request-id': call.requestId } };
    },
    onNotice: context.onNotice,
  });
  await websites.update();
  context.peers.objects = {
    hasBucket: (bucket) => state.find(bucket) !== undefined,
    read: async (name, key) => {
      const bucket = state.find(name);
      const file = bucket === undefined ? undefined : await state.objects(bucket).open(key);
      return file === undefined ? undefined : contentOf(file);
    },
  };
  return {
    name: 'cos',
    takes: (call) => {
      try {
        return addressOf(call) !== undefined;
      } catch {
        return true;
      }
    },
    handle: (call) => handle(call, context, state, websites),
    close: async () => {
      await websites.close();
      await state.settled();
    },
  };
}

async function handle(
  call: ApiCall,
  context: TencentContext,
  state: CosState,
  websites: Websites,
): Promise<ApiAnswer | 'dropped'> {
  const answer = await answerOrError(call, context, state, websites);
  if (answer === 'dropped') return answer;
  return {
    ...answer,
    headers: {
      Server: 'tencent-cos',
      // Without it clients take another host for the next attempt.
      'x-cos-request-id': call.requestId,
      ...answer.headers,
    },
  };
}

async function answerOrError(
  call: ApiCall,
  context: TencentContext,
  state: CosState,
  websites: Websites,
): Promise<ApiAnswer | 'dropped'> {
  const { host, path } = targetOf(call);
  try {
    const address = readAddress(call);
    if (address.website) {
      const bucket = bucketOf(address, state);
      return await websiteAnswer(bucket, state.objects(bucket), { ...call, path }, `http://${host}`);
    }
    return await answerApi(call, address, context, state, websites);
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    return errorAnswer(error, { requestId: call.requestId, method: call.method, resource: `${host}${path}` });
  }
}

function readAddress(call: ApiCall): CosAddress {
  try {
    return addressOf(call)!;
  } catch {
    throw new CosError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

async function answerApi(
  call: ApiCall,
  address: CosAddress,
  context: TencentContext,
  state: CosState,
  websites: Websites,
): Promise<ApiAnswer | 'dropped'> {
  const pairs = queryPairs(call.query);
  const query = new URLSearchParams(pairs);
  const about = address.bucket === undefined ? 'service' : address.key === '' ? 'bucket' : 'object';
  const operation = findOperation({ method: call.method, about, query, headers: call.headers });
  if (operation === undefined) {
    throw new CosError(
      501,
      'NotImplemented',
      'A header or parameter you provided implies functionality that is not emulated.',
    );
  }
  const fault = context.takeFault(operation.name);
  if (fault === 'dropped') return fault;
  if (fault !== undefined && fault !== 'late') throw new CosError(fault.status, fault.code, fault.message);
  const signed = isAuthentic(call, address, pairs, context);
  if (!signed && operation.anyone === undefined) throw accessDenied();
  const alone: AccountCall = {
    api: call,
    query,
    state,
    bucketName: address.bucket ?? '',
    region: address.region,
    now: context.now(),
  };
  const bucket = 'runAlone' in operation ? undefined : bucketOf(address, state);
  const answer =
    'runAlone' in operation
      ? await operation.runAlone(alone)
      : await runOnBucket(operation, {
          ...alone,
          websites,
          ...inBucket(bucket!, address.key, state),
          signed,
        });
  if (fault === 'late') {
    if (answer.body instanceof Readable) answer.body.destroy();
    return 'dropped';
  }
  const cors = corsHeaders(bucket?.settings['cors'], call.headers.origin, call.method);
  return { ...answer, headers: { ...answer.headers, ...cors } };
}

function inBucket(
  bucket: Bucket,
  key: string,
  state: CosState,
): Pick<CosCall, 'bucket' | 'key' | 'objects' | 'uploads'> {
  return { bucket, key, objects: state.objects(bucket), uploads: state.uploads(bucket) };
}

async function runOnBucket(
  { anyone, run }: Extract<Operation, { run: unknown }>,
  call: CosCall,
): Promise<ApiAnswer> {
  const { key, bucket, objects, signed } = call;
  if (Buffer.byteLength(key) > LONGEST_KEY) throw new CosError(400, 'KeyTooLong', 'Your key is too long.');
  if (!signed && anyone !== undefined && anyone !== 'preflight') {
    const object = key === '' ? undefined : await objects.info(key);
    if (!mayAnyone(anyone, bucket, object)) throw accessDenied();
  }
  return run(call);
}

/** Bytes of UTF-8. */
const LONGEST_KEY = 850;

function bucketOf({ bucket: name, region }: CosAddress, state: CosState): Bucket {
  const bucket = name === undefined ? undefined : state.find(name);
  if (bucket === undefined || (region !== undefined && region !== bucket.region)) throw noSuchBucket();
  return bucket;
}
