import COS from 'cos-nodejs-sdk-v5';

import { KEYS, type ScfClient, scfClient, type TestEmulator } from '../emulators/tencent/start.ts';

/** Tells all that there is, as texts without ids and times, asked for with clients of its own. */
export function tencentThings(emulator: TestEmulator): () => Promise<string[]> {
  const scf = scfClient(emulator);
  const { host } = new URL(emulator.url);
  const cos = new COS({
    SecretId: KEYS.id,
    SecretKey: KEYS.secret,
    Protocol: 'http:',
    Domain: `${host}/{Bucket}`,
    ServiceDomain: host,
  });
  return async () => {
    const parts = await Promise.all([functions(scf), layers(scf), domains(scf), buckets(cos)]);
    return parts.flat().sort();
  };
}

async function functions(scf: ScfClient): Promise<string[]> {
  const found: string[] = [];
  const { Namespaces = [] } = await scf.ListNamespaces({ Limit: 100 });
  for (const { Name: Namespace = '' } of Namespaces) {
    if (Namespace !== 'default') found.push(`namespace ${Namespace}`);
    for (const { FunctionName = '', Tags } of (await scf.ListFunctions({ Namespace, Limit: 100 }))
      .Functions ?? [])
      found.push(...(await functionThings(scf, { Namespace, FunctionName }, Tags)));
  }
  return found;
}

async function functionThings(
  scf: ScfClient,
  id: { Namespace: string; FunctionName: string },
  tags: { Key?: string; Value?: string }[] = [],
): Promise<string[]> {
  const title = `${id.Namespace}/${id.FunctionName}`;
  const found = [
    `function ${title} ${tags
      .map(({ Key, Value }) => `${Key}=${Value}`)
      .sort()
      .join(' ')}`,
  ];
  const { Versions = [] } = await scf.ListVersionByFunction({ ...id, Limit: 100 });
  for (const { Version } of Versions) {
    const one = await scf.GetFunction({ ...id, Qualifier: Version });
    const { CodeSha256 } = await scf.GetFunctionAddress({ ...id, Qualifier: Version });
    const { Status, Description, MemorySize, Timeout, Environment, Handler, Runtime, Type, Layers } = one;
    const names = (Layers ?? []).map(({ LayerName }) => LayerName);
    found.push(
      `version ${title} ${Version} ${stable({ Status, Description, MemorySize, Timeout, Environment, Handler, Runtime, Type, names, CodeSha256 })}`,
    );
  }
  for (const { Name, FunctionVersion, RoutingConfig } of (await scf.ListAliases(id)).Aliases ?? [])
    found.push(`alias ${title} ${Name} ${FunctionVersion} ${stable(RoutingConfig)}`);
  for (const { Type, TriggerName, Qualifier, TriggerDesc, Enable } of (await scf.ListTriggers(id)).Triggers ??
    [])
    found.push(
      `trigger ${title} ${Type} ${TriggerName} ${Qualifier} ${Enable} ${TriggerDesc?.replace(/127\.0\.0\.1:\d+/g, '')}`,
    );
  const { ReservedMem } = await scf.GetReservedConcurrencyConfig(id);
  const { Allocated } = await scf.GetProvisionedConcurrencyConfig(id);
  const ready = (Allocated ?? []).map((one) => `${one.Qualifier}: ${one.AllocatedProvisionedConcurrencyNum}`);
  return [...found, `instances ${title} ${ReservedMem} ${ready.join(' ')}`];
}

async function layers(scf: ScfClient): Promise<string[]> {
  const found: string[] = [];
  for (const { LayerName = '' } of (await scf.ListLayers({ Limit: 100 })).Layers ?? []) {
    const { LayerVersions = [] } = await scf.ListLayerVersions({ LayerName });
    found.push(...LayerVersions.map(({ Description }) => `layer ${LayerName} ${Description}`));
  }
  return found;
}

async function domains(scf: ScfClient): Promise<string[]> {
  const { Domains = [] } = await scf.ListCustomDomains({ Limit: 100 });
  return Domains.flatMap(({ Domain, Protocol, CertConfig, EndpointsConfig = [] }) => [
    `domain ${Domain} ${Protocol} ${CertConfig?.CertificateId}`,
    ...EndpointsConfig.map((one) => `route ${Domain} ${stable(one)}`),
  ]);
}

async function buckets(cos: COS): Promise<string[]> {
  const found: string[] = [];
  for (const { Name: Bucket, Location: Region } of (await cos.getService({})).Buckets) {
    const at = { Bucket, Region };
    const tags = await cos.getBucketTagging(at).catch(() => undefined);
    const website = await cos.getBucketWebsite(at).catch(() => undefined);
    const cors = await cos.getBucketCors(at).catch(() => undefined);
    const { ACL } = await cos.getBucketAcl(at);
    const sorted = (tags?.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort();
    found.push(
      `bucket ${Bucket} ${ACL} ${sorted.join(' ')} ${stable(website?.WebsiteConfiguration)} ${stable(cors?.CORSRules)}`,
    );
    for (const { Key, ETag } of (await cos.getBucket(at)).Contents) {
      const { headers } = await cos.headObject({ ...at, Key });
      found.push(`file ${Bucket} ${Key} ${ETag} ${headers?.['content-type']} ${headers?.['cache-control']}`);
    }
  }
  return found;
}

/** The same whatever order the keys are in. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inside: unknown) =>
      typeof inside === 'object' && inside !== null && !Array.isArray(inside)
        ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inside,
    ) ?? ''
  );
}
