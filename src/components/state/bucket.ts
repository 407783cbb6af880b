import { hostname } from 'node:os';

import { RopewayError } from '../../lib/errors.ts';
import type { Bucket } from '../../providers/types.ts';
import { type Holder, locked } from './lock.ts';
import { parseRecord, recordText, type StateRecord, type StateStore } from './records.ts';

/** Keys of one project, stage and target: `shop/aws/dev/`. */
export function bucketPrefix({
  project,
  target,
  stage,
}: {
  project: string;
  target: string;
  stage: string;
}): string {
  return `${[project, target, stage].map(encodeURIComponent).join('/')}/`;
}

const ENDING = '.json';

/** The state in a bucket: read at once, and every change is there before it counts. */
export async function openBucketStore(bucket: Bucket, prefix: string): Promise<StateStore> {
  const keyOf = (id: string): string => `${prefix}${encodeURIComponent(id)}${ENDING}`;
  const records = new Map<string, StateRecord>();
  const keys = (await bucket.list(prefix)).filter((key) => key.endsWith(ENDING));
  for (const record of await Promise.all(keys.map((key) => readRecord(bucket, key)))) {
    if (record !== undefined) records.set(record.id, record);
  }
  return {
    read: (id) => records.get(id),
    write: async (record) => {
      await bucket.write(keyOf(record.id), recordText(record));
      records.set(record.id, structuredClone(record));
    },
    remove: async (id) => {
      await bucket.remove(keyOf(id));
      records.delete(id);
    },
    list: () => [...records.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    dropDrafts: () => undefined,
    tidy: () => undefined,
  };
}

/** Takes the state for one command at a time. Rejects with LOCKED: who holds it is known, whether that still runs is not. */
export async function lockBucket(
  bucket: Bucket,
  prefix: string,
  verb: string,
): Promise<{ release(): Promise<void> }> {
  const holder: Holder = { pid: process.pid, host: hostname(), verb, since: new Date().toISOString() };
  const text = JSON.stringify(holder);
  const key = lockKey(prefix);
  if (!(await bucket.create(key, text))) throw locked((await readBucketHolder(bucket, prefix)) ?? holder);
  return {
    release: async () => {
      // Somebody may have taken it away by `ropeway unlock`, and somebody else have taken it.
      if ((await bucket.read(key)) === text) await bucket.remove(key);
    },
  };
}

/** Who has the lock now; undefined: nobody. */
export async function readBucketHolder(bucket: Bucket, prefix: string): Promise<Holder | undefined> {
  const text = await bucket.read(lockKey(prefix));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return { pid: 0, host: 'unknown', verb: 'unknown', since: 'unknown' };
  }
}

/** Takes the lock away whoever has it. */
export async function unlockBucket(bucket: Bucket, prefix: string): Promise<void> {
  await bucket.remove(lockKey(prefix));
}

function lockKey(prefix: string): string {
  return `${prefix}lock`;
}

async function readRecord(bucket: Bucket, key: string): Promise<StateRecord | undefined> {
  const text = await bucket.read(key);
  return text === undefined ? undefined : parseRecord(text, `${bucket.title}/${key}`);
}

export interface BucketAddress {
  kind: 's3' | 'cos';
  bucket: string;
  /** '' or with a slash at its end. */
  prefix: string;
}

/** `s3://bucket/team/prefix` or `cos://bucket-1250000000/prefix`; undefined: it is a folder. Throws STATE_ADDRESS. */
export function parseBucketAddress(text: string): BucketAddress | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme === undefined) return undefined;
  const [, kind, bucket, path = ''] = /^(s3|cos):\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/.exec(text) ?? [];
  const prefix = path.replace(/^\/+|\/+$/g, '');
  if (kind !== undefined && bucket !== undefined)
    return { kind: kind as 's3' | 'cos', bucket, prefix: prefix === '' ? '' : `${prefix}/` };
  throw new RopewayError({
    code: 'STATE_ADDRESS',
    message: 'This is no place for the state.',
    expected: 'a folder, s3://bucket/prefix, or cos://bucket-1250000000/prefix',
    got: text,
  });
}
