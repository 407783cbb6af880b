import { type Buckets, openBuckets } from '../../buckets/buckets.ts';
import type { ObjectFolder as Objects } from '../../buckets/objects.ts';
import type { Part as AnyPart } from '../../buckets/uploads.ts';
import type { UploadFolder as Uploads } from '../../buckets/uploads.ts';
import { type CosSums, summing } from './sums.ts';
import type { Bucket, ObjectInfo } from './types.ts';

/** What is told of an object before its content is there. */
export type About = Pick<ObjectInfo, 'headers' | 'storageClass' | 'acl' | 'tagging'>;
export type Part = AnyPart & { crc64: string };
export type ObjectFolder = Objects<ObjectInfo, CosSums>;
export type UploadFolder = Uploads<ObjectInfo, About, Part>;

/** What COS keeps. */
export interface CosKeeps {
  bucket: Bucket;
  object: ObjectInfo;
  sums: CosSums;
  part: Part;
  about: About;
}

export type CosState = Buckets<CosKeeps>;

/** Throws STATE_BROKEN. */
export function openState(folder: string, onNotice: (message: string) => void): CosState {
  return openBuckets<CosKeeps>({ folder, name: 'cos', summing, onNotice });
}
