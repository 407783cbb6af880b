/** A bucket as the store has it. */
export interface Bucket {
  /** `site-1250000000` */
  name: string;
  region: string;
  /** Name of its folder, which no other bucket ever has. */
  folder: string;
  /** ISO 8601. */
  createdAt: string;
  acl: Acl;
  /** By the name of the sub-resource (`cors`, `website`, `policy`): the document as it was put. */
  settings: Record<string, string>;
  /** Of its website, once it has one. */
  port?: number;
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
export interface ObjectInfo {
  key: string;
  bytes: number;
  /** Without quotation marks. */
  etag: string;
  crc64: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
  /** Headers that are sent back with it, `content-type` and `x-cos-meta-*` among them, names in lower case. */
  headers: Record<string, string>;
  storageClass: string;
  acl: Acl;
  /** XML of its tags. */
  tagging?: string;
  /** More may be appended. */
  appendable?: boolean;
}
