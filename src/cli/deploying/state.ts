import {
  bucketPrefix,
  lockBucket,
  openBucketStore,
  parseBucketAddress,
  readBucketHolder,
  unlockBucket,
} from '../../components/state/bucket.ts';
import { breakLock, type Holder, readHolder, takeLock } from '../../components/state/lock.ts';
import { openStateStore, type StateOptions, type StateStore } from '../../components/state/store.ts';
import type { Bucket } from '../../providers/types.ts';
import { openBucket } from './bucket.ts';
import type { OpenProject } from './project.ts';

/** The state of a deployment, wherever it is kept. */
export interface OpenState {
  store: StateStore;
  /** Lets go of it, and leaves its place in order. */
  close(): Promise<void>;
}

export interface OpenStateOptions {
  verb: string;
  /** One command at a time. */
  lock: boolean;
  onNotice(message: string): void;
  signal: AbortSignal;
}

/** Opens it: a folder of the project, one that machines share, or a bucket. Rejects with LOCKED, STATE_BROKEN, STATE_ADDRESS, and what a cloud says. */
export async function openState(project: OpenProject, options: OpenStateOptions): Promise<OpenState> {
  const { verb, lock, signal } = options;
  const place = await bucketOf(project, signal);
  if (place === undefined) return openFolder(stateOptions(project), options);
  const { bucket, prefix } = place;
  // What is read without the lock may be old a moment later.
  const held = lock ? await lockBucket(bucket, prefix, verb) : undefined;
  try {
    return {
      store: await openBucketStore(bucket, prefix),
      close: async () => {
        await held?.release();
      },
    };
  } catch (error) {
    await held?.release();
    throw error;
  }
}

/** Takes the lock away whoever has it; resolves with who had it. */
export async function unlockState(project: OpenProject, signal: AbortSignal): Promise<Holder | undefined> {
  const place = await bucketOf(project, signal);
  if (place === undefined) {
    const { folder } = openStateStore(stateOptions(project));
    const holder = readHolder(folder);
    breakLock(folder);
    return holder;
  }
  const holder = await readBucketHolder(place.bucket, place.prefix);
  await unlockBucket(place.bucket, place.prefix);
  return holder;
}

function openFolder(options: StateOptions, { verb, lock, onNotice }: OpenStateOptions): OpenState {
  const store = openStateStore(options);
  const held = lock ? takeLock(options.root, store.folder, verb, onNotice) : undefined;
  return {
    store,
    close: async () => {
      await Promise.resolve();
      if (held !== undefined) store.dropDrafts();
      held?.release();
      store.tidy();
    },
  };
}

async function bucketOf(
  project: OpenProject,
  signal: AbortSignal,
): Promise<{ bucket: Bucket; prefix: string } | undefined> {
  const address = project.bucket === undefined ? undefined : parseBucketAddress(project.bucket);
  if (address === undefined) return undefined;
  const { name, target, stage, env } = project;
  return {
    bucket: await openBucket(address, env, signal),
    prefix: bucketPrefix({ project: name, target, stage }),
  };
}

function stateOptions({ dir, name, target, stage, shared }: OpenProject): StateOptions {
  return { root: dir, project: name, target, stage, shared };
}
