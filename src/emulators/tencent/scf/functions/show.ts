import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { FunctionName } from '../../context.ts';
import { allVersions, type FunctionRecord, type VersionRecord } from '../books.ts';
import { tagList } from '../configuration.ts';
import type { Desk } from '../desk.ts';
import { invalid } from '../errors.ts';
import { versionFor, wantedFunction } from '../ledger.ts';
import type { Handlers, Response } from '../models.ts';
import { entryFiles } from '../runtimes.ts';
import { beijingTime } from '../times.ts';
import { shownTrigger } from '../triggers/shown.ts';

const MOST_SHOWN_BYTES = 1024 * 1024;

export function showActions(desk: Desk): Handlers<'GetFunction' | 'GetFunctionAddress' | 'ListFunctions'> {
  const { ledger } = desk;
  return {
    GetFunction: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const record = ledger.find(wanted);
      const { Qualifier: qualifier = '$LATEST', ShowCode: showCode } = request;
      const version = versionFor(record, qualifier);
      const code = showCode === 'TRUE' ? await codeText(desk, record, version) : '';
      return { ...shown(desk, wanted, record, version), Qualifier: qualifier, CodeInfo: code };
    },
    GetFunctionAddress: (request, call) => {
      const record = ledger.find(wantedFunction(request, call));
      const { code } = versionFor(record, request.Qualifier ?? '$LATEST');
      return { Url: desk.downloadUrl(code.digest), CodeSha256: code.digest };
    },
    ListFunctions: (request, { region }) => {
      const namespace = request.Namespace ?? 'default';
      const found = Object.entries(ledger.namespace(region, namespace).functions)
        .map(([name, record]) => ({ name, record }))
        .filter(({ name }) => name.includes(request.SearchKey ?? ''))
        .filter(({ record }) => record.latest.configuration.description.includes(request.Description ?? ''))
        .filter(({ record }) => (request.Filters ?? []).every((filter) => passes(record, filter)));
      const { Orderby: by, Order: order } = request;
      const ordered = found.sort((a, b) => compare(a, b, by));
      if (order === 'DESC') ordered.reverse();
      const { from, to } = pageOf(request);
      return {
        TotalCount: found.length,
        Functions: ordered
          .slice(from, to)
          .map(({ name, record }) => listed({ region, namespace, name }, record)),
      };
    },
  };
}

/** Where a page of a list begins and ends; 20 long unless it is said. Throws InvalidParameterValue.Offset, .Limit. */
export function pageOf({ Offset = 0, Limit = 20 }: { Offset?: number; Limit?: number }): {
  from: number;
  to: number;
} {
  if (Offset < 0) throw invalid('Offset', 'Offset must not be negative.');
  if (Limit < 0) throw invalid('Limit', 'Limit must not be negative.');
  return { from: Offset, to: Offset + Limit };
}

function shown(
  { urls }: Desk,
  wanted: FunctionName,
  record: FunctionRecord,
  version: VersionRecord,
): Response<'GetFunction'> {
  const { configuration, code, status } = version;
  const { kept } = configuration;
  const isBad = status === 'CreateFailed' || status === 'UpdateFailed';
  return {
    FunctionName: wanted.name,
    FunctionId: record.id,
    FunctionVersion: version.version,
    Namespace: wanted.namespace,
    Description: configuration.description,
    Handler: configuration.handler,
    Runtime: record.runtime,
    Type: record.type,
    MemorySize: configuration.memory,
    Timeout: configuration.timeout,
    InitTimeout: configuration.initTimeout,
    Environment: { Variables: configuration.variables },
    CodeSize: code.bytes,
    CodeResult: isBad ? 'failed' : 'success',
    CodeError: isBad ? (version.reasons[0]?.ErrorMessage ?? '') : '',
    ErrNo: 0,
    Status: status,
    StatusDesc: version.reasons[0]?.ErrorMessage ?? '',
    StatusReasons: version.reasons,
    AvailableStatus: 'Available',
    AddTime: beijingTime(version.addTime),
    ModTime: beijingTime(version.modTime),
    Triggers: record.triggers.map((trigger) => shownTrigger(urls, wanted, record, trigger)),
    Layers: configuration.layers.map(({ name, version: number }) => ({
      LayerName: name,
      LayerVersion: number,
      Status: 'Active',
      CompatibleRuntimes: [record.runtime],
      AddTime: '',
      Description: '',
      LicenseInfo: '',
      Stamp: 'default',
    })),
    Tags: tagList(record.tags),
    Role: kept.Role ?? '',
    VpcConfig: { VpcId: kept.VpcConfig?.VpcId ?? '', SubnetId: kept.VpcConfig?.SubnetId ?? '' },
    ClsLogsetId: kept.ClsLogsetId ?? '',
    ClsTopicId: kept.ClsTopicId ?? '',
    InstallDependency: kept.InstallDependency ?? 'FALSE',
    UseGpu: 'FALSE',
    L5Enable: kept.L5Enable ?? 'FALSE',
    DnsCache: kept.DnsCache ?? 'FALSE',
    OnsEnable: 'FALSE',
    AsyncRunEnable: kept.AsyncRunEnable ?? 'FALSE',
    TraceEnable: kept.TraceEnable ?? 'FALSE',
    EipConfig: { EipFixed: 'FALSE', Eips: [] },
    AccessInfo: { Host: '', Vip: '' },
    DeadLetterConfig: { FilterType: '', ...(kept.DeadLetterConfig ?? { Type: '', Name: '' }) },
    PublicNetConfig: {
      PublicNetStatus: kept.PublicNetConfig?.PublicNetStatus ?? 'ENABLE',
      EipConfig: { EipStatus: kept.PublicNetConfig?.EipConfig?.EipStatus ?? 'DISABLE', EipAddress: [] },
    },
    CfsConfig: kept.CfsConfig ?? { CfsInsList: [] },
    ProtocolType: kept.ProtocolType ?? '',
    ...nulls(kept),
    IntranetConfig: { IpFixed: kept.IntranetConfig?.IpFixed ?? 'DISABLE' },
  };
}

/** Where the cloud has null for what there is not, which its own types do not tell. */
function nulls(
  kept: VersionRecord['configuration']['kept'],
): Pick<Response<'GetFunction'>, 'ImageConfig' | 'ProtocolParams' | 'InstanceConcurrencyConfig'> {
  const { ProtocolParams: params = null, InstanceConcurrencyConfig: concurrency = null } = kept;
  const isOn = concurrency !== null && concurrency.DynamicEnabled !== '';
  return {
    ImageConfig: null,
    ProtocolParams: params,
    InstanceConcurrencyConfig: isOn ? concurrency : null,
  } as unknown as ReturnType<typeof nulls>;
}

function listed(
  { namespace, name }: FunctionName,
  record: FunctionRecord,
): NonNullable<Response<'ListFunctions'>['Functions']>[number] {
  const { latest, reserved = null } = record;
  const { kept, description } = latest.configuration;
  return {
    Namespace: namespace,
    FunctionName: name,
    FunctionId: record.id,
    Description: description,
    Tags: tagList(record.tags),
    Runtime: record.runtime,
    Type: record.type,
    AsyncRunEnable: kept.AsyncRunEnable ?? 'FALSE',
    TraceEnable: kept.TraceEnable ?? 'FALSE',
    ReservedConcurrencyMem: reserved as number,
    TotalProvisionedConcurrencyMem: provisionedMemory(record),
    Status: latest.status,
    StatusDesc: latest.reasons[0]?.ErrorMessage ?? '',
    StatusReasons: latest.reasons,
    AddTime: beijingTime(record.addTime),
    ModTime: beijingTime(latest.modTime),
  };
}

/** MB of all provisioned concurrency of a function. */
export function provisionedMemory(record: FunctionRecord): number {
  return allVersions(record)
    .map(({ version, configuration }) => (record.provisioned[version]?.instances ?? 0) * configuration.memory)
    .reduce((sum, memory) => sum + memory, 0);
}

async function codeText(
  { context, zips }: Desk,
  record: FunctionRecord,
  { code, configuration, status }: VersionRecord,
): Promise<string> {
  if (status === 'Creating' || status === 'CreateFailed') return '';
  const folder = context.platform.packageFolder(code.digest) ?? (await zips.unpack(code.digest)).folder;
  for (const name of entryFiles(record.runtime, record.type, configuration.handler)) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true) return found.size > MOST_SHOWN_BYTES ? '' : readFile(file, 'utf8');
  }
  return '';
}

type Named = { name: string; record: FunctionRecord };

function compare(a: Named, b: Named, by: string | undefined): number {
  if (by === 'AddTime') return a.record.addTime - b.record.addTime;
  if (by === 'ModTime') return a.record.latest.modTime - b.record.latest.modTime;
  return a.name < b.name ? -1 : 1;
}

/** What a filter of `ListFunctions` compares, by its name. */
const FILTERED: Record<string, (record: FunctionRecord) => string | undefined> = {
  Status: ({ latest }) => latest.status,
  Runtime: ({ runtime }) => runtime,
  FunctionType: ({ type }) => type,
  Type: ({ type }) => type,
  Role: ({ latest }) => latest.configuration.kept.Role,
  VpcId: ({ latest }) => latest.configuration.kept.VpcConfig?.VpcId,
  SubnetId: ({ latest }) => latest.configuration.kept.VpcConfig?.SubnetId,
  ClsLogsetId: ({ latest }) => latest.configuration.kept.ClsLogsetId,
  ClsTopicId: ({ latest }) => latest.configuration.kept.ClsTopicId,
  PublicNetStatus: ({ latest }) => latest.configuration.kept.PublicNetConfig?.PublicNetStatus ?? 'ENABLE',
  AsyncRunEnable: ({ latest }) => latest.configuration.kept.AsyncRunEnable ?? 'FALSE',
  TraceEnable: ({ latest }) => latest.configuration.kept.TraceEnable ?? 'FALSE',
  CfsId: ({ latest }) => latest.configuration.kept.CfsConfig?.CfsInsList[0]?.CfsId,
  CfsMountInsId: ({ latest }) => latest.configuration.kept.CfsConfig?.CfsInsList[0]?.MountInsId,
  Eip: () => undefined,
};

function passes(record: FunctionRecord, { Name, Values }: { Name: string; Values: string[] }): boolean {
  if (Name.startsWith('tag-')) return Values.includes(record.tags[Name.slice('tag-'.length)] ?? '');
  const valueOf = FILTERED[Name];
  if (valueOf === undefined) throw invalid('Filters', `There is no filter [${Name}].`);
  const value = valueOf(record);
  return value !== undefined && Values.includes(value);
}
