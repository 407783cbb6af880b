import type { CloudRequest } from './request.ts';

export interface Bucket {
  objects: Map<string, Buffer>;
  /** By sub-resource (`website`, `acl`, `cors`…): the body that was put, or the header for an ACL. */
  settings: Map<string, string>;
}

export interface StorageAnswer {
  status: number;
  body?: string | Buffer;
}

const SETTINGS = ['acl', 'cors', 'tagging', 'website', 'lifecycle'];

/** Object storage: buckets by their full name (`name-appid`). */
export function createStorage(): {
  buckets: Map<string, Bucket>;
  answer(request: CloudRequest): StorageAnswer;
} {
  const buckets = new Map<string, Bucket>();

  function answer(request: CloudRequest): StorageAnswer {
    const name = /^([^.]+)\.cos\./.exec(request.host)?.[1];
    if (name === undefined || name === 'service') return listBuckets();
    const bucket = buckets.get(name);
    const key = request.path.slice(1);
    if (request.method === 'PUT' && key === '' && Object.keys(request.query).length === 0) {
      if (bucket !== undefined) return failure(409, 'BucketAlreadyOwnedByYou');
      buckets.set(name, { objects: new Map(), settings: new Map() });
      return { status: 200 };
    }
    if (bucket === undefined) return failure(404, 'NoSuchBucket');
    return key === '' ? answerBucket(name, bucket, request) : answerObject(bucket, key, request);
  }

  function listBuckets(): StorageAnswer {
    const names = [...buckets.keys()].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('');
    return xml(200, `<ListAllMyBucketsResult><Buckets>${names}</Buckets></ListAllMyBucketsResult>`);
  }

  function answerBucket(name: string, bucket: Bucket, request: CloudRequest): StorageAnswer {
    const setting = SETTINGS.find((one) => one in request.query);
    if (setting !== undefined) return answerSetting(bucket, setting, request);
    if (request.method === 'POST' && 'delete' in request.query) {
      for (const [, key] of request.body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)) {
        bucket.objects.delete(key!);
      }
      return xml(200, '<DeleteResult></DeleteResult>');
    }
    if (request.method === 'DELETE') {
      if (bucket.objects.size > 0) return failure(409, 'BucketNotEmpty');
      buckets.delete(name);
      return { status: 204 };
    }
    const keys = [...bucket.objects.keys()].map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    return xml(200, `<ListBucketResult><Name>${name}</Name>${keys}</ListBucketResult>`);
  }

  return { buckets, answer };
}

function answerSetting(bucket: Bucket, setting: string, request: CloudRequest): StorageAnswer {
  if (request.method === 'PUT') {
    bucket.settings.set(setting, request.headers['x-cos-acl'] ?? request.body.toString('utf8'));
    return { status: 200 };
  }
  if (request.method === 'DELETE') {
    bucket.settings.delete(setting);
    return { status: 204 };
  }
  const body = bucket.settings.get(setting);
  return body === undefined ? failure(404, `NoSuch${setting}`) : xml(200, body);
}

function answerObject(bucket: Bucket, key: string, request: CloudRequest): StorageAnswer {
  if (request.method === 'PUT') {
    bucket.objects.set(key, request.body);
    return { status: 200 };
  }
  const found = bucket.objects.get(key);
  if (found === undefined) return failure(404, 'NoSuchKey');
  if (request.method === 'DELETE') {
    bucket.objects.delete(key);
    return { status: 204 };
  }
  return { status: 200, ...(request.method === 'HEAD' ? {} : { body: found }) };
}

function failure(status: number, code: string): StorageAnswer {
  return xml(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function xml(status: number, body: string): StorageAnswer {
  return { status, body: `<?xml version="1.0"?>${body}` };
}
