import { readFile, stat } from 'node:fs/promises';

import { RopewayError } from '../../lib/errors.ts';
import type { PackageFile } from '../types.ts';
import { isThere, orUndefined } from './clients.ts';
import type { At } from './cos.ts';
import { packagesBucket } from './names.ts';
import type { Tencent } from './tencent.ts';

const MB = 1024 * 1024;
/** Bytes of a zip in base64 that a call takes (CreateFunction doc 583/18586, UpdateFunctionCode 583/18581); larger ones go over a bucket. */
export const MOST_IN_CALL = { create: 50 * MB, update: 20 * MB, layer: 50 * MB };
/** Of code and layers together, unpacked; a zip cannot be larger either. */
const MOST_ZIP = 500 * MB;
/** After which what was left in the bucket goes by itself. */
const KEEP_DAYS = 1;

/** Where SCF is to take a package from. */
export type PackagePlace =
  | { ZipFile: string }
  | { CosBucketName: string; CosObjectName: string; CosBucketRegion: string };

/**
 * Hands a package to a call: its bytes, or where they were put for so long. `most`: bytes in base64 that the call takes. `use` resolves when SCF has its own
 * copy.
 */
export async function withPackage<T>(
  tencent: Tencent,
  { file, digest }: PackageFile,
  most: number,
  use: (place: PackagePlace) => Promise<T>,
): Promise<T> {
  const { size } = await stat(file);
  if (size > MOST_ZIP) throw tooLarge(file, size);
  const content = await readFile(file);
  if (Math.ceil(size / 3) * 4 <= most) return use({ ZipFile: content.toString('base64') });
  const name = packagesBucket(tencent.region);
  const at = { Bucket: `${name}-${await tencent.appId()}`, Region: tencent.region };
  const Key = `packages/${digest}.zip`;
  const cos = await tencent.cos();
  await ensureBucket(tencent, at);
  if ((await orUndefined(cos.call('headObject', { ...at, Key }))) === undefined)
    await cos.call('putObject', { ...at, Key, Body: content, ContentType: 'application/zip' });
  const used = await use({ CosBucketName: name, CosObjectName: `/${Key}`, CosBucketRegion: tencent.region });
  await cos.call('deleteObject', { ...at, Key });
  return used;
}

/** A private bucket that empties itself. */
async function ensureBucket(tencent: Tencent, at: At): Promise<void> {
  const cos = await tencent.cos();
  // The tag comes last: where it is, all is as it should be.
  const tags = await orUndefined(cos.call('getBucketTagging', at));
  if (tags?.Tags?.some(({ Key }) => Key === READY) === true) return;
  await createBucket(tencent, at);
  await cos.call('putBucketLifecycle', {
    ...at,
    Rules: [
      {
        ID: 'packages',
        Status: 'Enabled',
        Filter: { Prefix: 'packages/' },
        Expiration: { Days: KEEP_DAYS },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  });
  await cos.call('putBucketTagging', { ...at, Tags: [{ Key: READY, Value: 'packages' }] });
}

const READY = 'ropeway:for';

/** Makes a private bucket, with its tags from the beginning. Does nothing when it is the account's already, in this region. */
export async function createBucket(
  tencent: Tencent,
  at: At,
  tags: Record<string, string> = {},
): Promise<void> {
  const cos = await tencent.cos();
  const tagging = new URLSearchParams(tags).toString();
  try {
    await cos.call('putBucket', {
      ...at,
      // https://cloud.tencent.com/document/api/436/7738
      ...(tagging === '' ? {} : { Headers: { 'x-cos-tagging': tagging } }),
    });
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

function tooLarge(file: string, size: number): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_TOO_LARGE',
    message: `${file} is larger than SCF takes.`,
    expected: `at most ${MOST_ZIP / MB} MB of code and layers together, unpacked`,
    got: `${Math.ceil(size / MB)} MB, packed`,
    fix: 'leave out what the app does not need (`exclude`); `ropeway build` shows what is large',
  });
}
