import type { StoredBucket, StoredObject } from '../../buckets/stored.ts';

/** A bucket as the store has it. `name`: `site-1250000000` */
export interface Bucket extends StoredBucket {
  region: string;
  /** ISO 8601. */
  createdAt: string;
  acl: Acl;
}

export interface Acl {
  /** What anyone may do, and what is written in `x-cos-acl`; `default`: of an object that has the bucket's. */
  canned: 'default' | 'private' | 'public-read' | 'public-read-write';
  grants: Grant[];
}

export interface Grant {
  /** `qcs::cam::uin/100000000001:uin/100000000001` */
  grantee: string;
  permission: string;
}

/** All that is known of an object beside its content. */
export interface ObjectInfo extends StoredObject {
  crc64: string;
  /** Headers that are sent back with it, `content-type` and `x-cos-meta-*` among them, names in lower case. */
  headers: Record<string, string>;
  storageClass: string;
  acl: Acl;
  /** XML of its tags. */
  tagging?: string;
  /** More may be appended. */
  appendable?: boolean;
}
