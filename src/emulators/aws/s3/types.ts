import { type Buckets, openBuckets } from '../../buckets/buckets.ts';
import type { ObjectFolder as Objects } from '../../buckets/objects.ts';
import type { StoredBucket, StoredObject, Sums } from '../../buckets/stored.ts';
import { summing } from '../../buckets/stored.ts';
import type { Part as AnyPart, UploadFolder as Uploads } from '../../buckets/uploads.ts';

/** A bucket as the store has it. */
export interface Bucket extends StoredBucket {
  region: string;
  /** ISO 8601. */
  createdAt: string;
}

/** All that is known of an object beside its content. */
export interface ObjectInfo extends StoredObject {
  /** Headers that are sent back with it, `content-type` and `x-amz-meta-*` among them, names in lower case. */
  headers: Record<string, string>;
  storageClass: string;
  /** The canned one that it was put with; absent: private. */
  acl?: string;
  checksum?: Checksum;
  tags?: Record<string, string>;
}

export interface Checksum {
  /** `CRC32`, as the API writes it. */
  algorithm: string;
  /** Base64; of parts with `-<number of parts>` behind it. */
  value: string;
  type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** What is told of an object before its content is there. */
export type About = Pick<ObjectInfo, 'headers' | 'storageClass' | 'acl' | 'tags'> & {
  /** What an upload in parts was begun with. */
  checksumAlgorithm?: string;
  checksumType?: Checksum['type'];
};

export type Part = AnyPart & { checksum?: Checksum };
export type ObjectFolder = Objects<ObjectInfo>;
export type UploadFolder = Uploads<ObjectInfo, About, Part>;

/** What S3 keeps. */
export interface S3Keeps {
  bucket: Bucket;
  object: ObjectInfo;
  sums: Sums;
  part: Part;
  about: About;
}

export type S3State = Buckets<S3Keeps>;

/** Throws STATE_BROKEN. */
export function openState(folder: string, onNotice: (message: string) => void): S3State {
  return openBuckets<S3Keeps>({ folder, name: 's3', summing, onNotice });
}
