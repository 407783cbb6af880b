import type { JsonObject } from '../../../events/types.ts';
import type { FunctionName } from '../context.ts';
import type { Request } from './models.ts';

/** All that SCF has been told, as it stands in its store. Times are milliseconds since 1970. */
export interface Books {
  regions: Record<string, RegionBooks>;
  /** Where custom domains are answered, so that it is the same address after a restart. */
  domainsPort?: number;
}

export interface RegionBooks {
  namespaces: Record<string, NamespaceRecord>;
  layers: Record<string, LayerRecord>;
  domains: Record<string, DomainRecord>;
  /** MB. */
  totalConcurrency: number;
}

export interface NamespaceRecord {
  description: string;
  addTime: number;
  modTime: number;
  functions: Record<string, FunctionRecord>;
}

export interface FunctionRecord {
  /** `lam-abcdefgh` */
  id: string;
  type: 'Event' | 'HTTP';
  runtime: string;
  addTime: number;
  tags: Record<string, string>;
  latest: VersionRecord;
  /** Published ones, oldest first. */
  versions: VersionRecord[];
  nextVersion: number;
  /** `$DEFAULT` is always there. */
  aliases: Record<string, AliasRecord>;
  triggers: TriggerRecord[];
  /** MB; absent: it takes from what is common. */
  reserved?: number;
  provisioned: Record<string, ProvisionedRecord>;
  asyncConfig: { retries: number; ttl: number };
}

export type Status =
  | 'Creating'
  | 'CreateFailed'
  | 'Active'
  | 'Updating'
  | 'UpdateFailed'
  | 'Publishing'
  | 'PublishFailed';

export interface VersionRecord {
  /** `$LATEST`, `1`… */
  version: string;
  status: Status;
  reasons: { ErrorCode: string; ErrorMessage: string }[];
  addTime: number;
  modTime: number;
  code: CodeRecord;
  configuration: Configuration;
  /** While it is updated: what is to be there again when that fails. */
  before?: { code: CodeRecord; configuration: Configuration };
  /** A version is to be published as soon as it is active. */
  publishes?: boolean;
}

/** A package that stands in the folder of zips. */
export interface CodeRecord {
  /** SHA-256, lower-case hex. */
  digest: string;
  bytes: number;
}

export interface Configuration {
  description: string;
  handler: string;
  /** MB. */
  memory: number;
  /** Seconds. */
  timeout: number;
  initTimeout: number;
  variables: { Key: string; Value: string }[];
  layers: BoundLayer[];
  /** What is kept and shown, and means nothing here, in the request's own words. */
  kept: KeptSettings;
}

export type KeptSettings = Pick<
  Request<'CreateFunction'>,
  | 'Role'
  | 'VpcConfig'
  | 'ClsLogsetId'
  | 'ClsTopicId'
  | 'DeadLetterConfig'
  | 'PublicNetConfig'
  | 'CfsConfig'
  | 'ProtocolType'
  | 'ProtocolParams'
  | 'InstanceConcurrencyConfig'
  | 'DnsCache'
  | 'IntranetConfig'
  | 'InstallDependency'
  | 'AsyncRunEnable'
  | 'TraceEnable'
> & { L5Enable?: string };

export interface BoundLayer {
  name: string;
  version: number;
  digest: string;
}

export interface AliasRecord {
  description: string;
  /** Version that it leads to. */
  version: string;
  weights: { Version: string; Weight: number }[];
  matches: { Version: string; Key: string; Method: string; Expression: string }[];
  addTime: number;
  modTime: number;
}

export interface TriggerRecord {
  type: string;
  name: string;
  qualifier: string;
  /** As the cloud gives it back, but without the addresses of a function URL. */
  description: JsonObject | string;
  enabled: boolean;
  argument: string;
  /** The user's own words. */
  remark: string;
  addTime: number;
  modTime: number;
  /** Of a function URL: the port that it had, and the id in its name. */
  url?: { id: string; port: number };
}

export interface ProvisionedRecord {
  instances: number;
  actions: NonNullable<Request<'PutProvisionedConcurrencyConfig'>['TriggerActions']>;
}

export interface LayerRecord {
  /** Oldest first; deleted ones are gone. */
  versions: LayerVersionRecord[];
  nextVersion: number;
}

export interface LayerVersionRecord {
  version: number;
  code: CodeRecord;
  runtimes: string[];
  description: string;
  license: string;
  tags: Record<string, string>;
  addTime: number;
  status: 'Publishing' | 'Active' | 'PublishFailed';
}

export interface DomainRecord {
  protocol: string;
  endpoints: Required<Request<'CreateCustomDomain'>>['EndpointsConfig'];
  certificate: Request<'CreateCustomDomain'>['CertConfig'];
  firewall: Request<'CreateCustomDomain'>['WafConfig'];
  tags: Record<string, string>;
  addTime: number;
  modTime: number;
}

export const EMPTY_BOOKS: Books = { regions: {} };

/** MB that an account may have running at once, until it says otherwise. */
const TOTAL_CONCURRENCY = 128_000;

/** What a region is before anything was done in it: it has the namespace `default`. */
export function newRegion(now: number): RegionBooks {
  return {
    namespaces: { default: { description: '', addTime: now, modTime: now, functions: {} } },
    layers: {},
    domains: {},
    totalConcurrency: TOTAL_CONCURRENCY,
  };
}

export interface Place extends FunctionName {
  record: FunctionRecord;
}

/** All functions of all regions. */
export function* allFunctions({ regions }: Books): Generator<Place> {
  for (const [region, { namespaces }] of Object.entries(regions))
    for (const [namespace, { functions }] of Object.entries(namespaces))
      for (const [name, record] of Object.entries(functions)) yield { region, namespace, name, record };
}

/** `$LATEST` first. */
export function allVersions({ latest, versions }: FunctionRecord): VersionRecord[] {
  return [latest, ...versions];
}

/** Digests of all packages that something in the books still names. */
export function* allDigests(books: Books): Generator<string> {
  for (const { record } of allFunctions(books))
    for (const { code, configuration, before } of allVersions(record)) {
      yield code.digest;
      for (const { digest } of configuration.layers) yield digest;
      if (before === undefined) continue;
      yield before.code.digest;
      for (const { digest } of before.configuration.layers) yield digest;
    }
  for (const { layers } of Object.values(books.regions))
    for (const { versions } of Object.values(layers)) for (const { code } of versions) yield code.digest;
}
