/** All that the Lambda service has been told. Values are never changed in place. */
export interface Books {
  /** By `region/name`. */
  functions: Record<string, Fn>;
  /** By `region/name`, oldest first; numbers are never given twice. */
  layers: Record<string, { next: number; versions: LayerVersion[] }>;
  /** By id. */
  eventSources: Record<string, Record<string, unknown>>;
}

export const NO_BOOKS: Books = { functions: {}, layers: {}, eventSources: {} };

export interface Fn {
  name: string;
  region: string;
  /** What can still be changed. */
  latest: Revision;
  /** Published ones, oldest first. */
  versions: Revision[];
  nextVersion: number;
  aliases: Record<string, Alias>;
  /** By qualifier, '' for `$LATEST`. */
  urls: Record<string, UrlConfig>;
  policies: Record<string, Policy>;
  /** Instances that are kept for it alone. */
  reserved?: number;
  /** By qualifier. */
  provisioned: Record<string, { wanted: number; readyAt: number; changedAt: string }>;
  /** By qualifier, '' for `$LATEST`: as they were given. */
  eventInvoke: Record<string, Record<string, unknown>>;
  tags: Record<string, string>;
}

export interface Revision {
  /** `$LATEST`, `1` */
  version: string;
  code: Code;
  config: Config;
  /** ISO 8601 with +0000, as the cloud writes it. */
  lastModified: string;
  revisionId: string;
  /** Milliseconds since 1970 until which it is Pending. */
  activeAt: number;
  /** The same for LastUpdateStatus InProgress; absent: it was never updated. */
  updatedAt?: number;
  /** Of a version: the description of what it was published from; its own may be another one. */
  from?: string;
}

export interface Code {
  /** Of the zip, hex. */
  digest: string;
  bytes: number;
}

/** As the API has it. */
export interface Config {
  Runtime: string;
  Handler: string;
  Role: string;
  Description: string;
  Timeout: number;
  MemorySize: number;
  Environment?: Record<string, string>;
  /** ARNs of versions. */
  Layers: string[];
  Architectures: string[];
  EphemeralStorage: { Size: number };
  VpcConfig?: { SubnetIds?: string[]; SecurityGroupIds?: string[]; VpcId?: string };
  TracingConfig: { Mode: string };
  SnapStart: { ApplyOn: string };
  LoggingConfig: Record<string, unknown>;
  DeadLetterConfig?: Record<string, unknown>;
}

export interface Alias {
  version: string;
  description: string;
  /** Share by version. */
  weights: Record<string, number>;
  revisionId: string;
}

export interface UrlConfig {
  id: string;
  port: number;
  authType: 'NONE' | 'AWS_IAM';
  invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  cors?: Record<string, unknown>;
  createdAt: string;
  changedAt: string;
}

export interface Policy {
  statements: Statement[];
  revisionId: string;
}

export interface Statement {
  Sid: string;
  Effect: 'Allow';
  Principal: unknown;
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

export interface LayerVersion {
  version: number;
  code: Code;
  description: string;
  createdAt: string;
  runtimes: string[];
  architectures: string[];
  license: string;
}
