import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

import type { DeployedVersion, FunctionDeployment } from '../types.ts';
import { setAlias } from './alias.ts';
import type { Aws } from './aws.ts';
import { isThere } from './clients.ts';
import { ensureProvisioned, ensureReserved } from './concurrency.ts';
import {
  checkDeployment,
  codeDigest,
  type Configuration,
  configurationDifferences,
  wantedConfiguration,
} from './configuration.ts';
import { ensureUrl } from './function-url.ts';
import { tagChanges, tagsOf } from './labels.ts';
import { ensureLayers, pruneLayers } from './layers.ts';
import { look, type Seen } from './look.ts';
import { placePackage } from './packages.ts';
import { isInVpc, ensureRole } from './role.ts';
import { ownRoute } from './routes.ts';
import { checkLoads } from './smoke.ts';
import { pruneVersions, publishVersion, untilReady } from './versions.ts';

/**
 * Brings a function to what is wanted, from wherever it stands: role, function, layers, code and configuration, a version that has been seen to load,
 * alias, instances, address. The alias leads to what it led to until the new version is known to load.
 */
export async function deployFunction(aws: Aws, deployment: FunctionDeployment): Promise<DeployedVersion> {
  const { name, layers: packages, routes, cloud } = deployment;
  checkDeployment(deployment);
  if (routes !== undefined) ownRoute('function', name, routes);
  const { arch, settings } = cloud!;
  const role = await ensureRole(aws, deployment);
  const seen = (await look(aws, name)) ?? (await create(aws, deployment, role));
  const layers = [...(await ensureLayers(aws, name, packages, arch)), ...(settings.layers ?? [])];
  const wanted = wantedConfiguration(deployment, role, layers);
  await converge(aws, deployment, seen.latest, wanted);
  await ensureTags(aws, deployment, seen);

  const newest = seen.versions.at(-1);
  const isThere = newest !== undefined && isSame(newest, deployment, wanted);
  const version = isThere ? newest.Version! : await publishVersion(aws, name);
  const before = seen.alias?.FunctionVersion;
  const weights = seen.alias?.RoutingConfig?.AdditionalVersionWeights ?? {};
  if (before !== version && !(version in weights)) await checkLoads(aws, deployment, version);
  await ensureReserved(aws, deployment, seen);
  await setAlias(aws, name, trafficOf(deployment, version, before), seen.alias);
  await ensureProvisioned(aws, deployment, seen);
  const url = await ensureUrl(aws, deployment, seen);
  if (!isThere || seen.alias === undefined) await tidy(aws, name);
  return { version, unchanged: isThere, ...(url === undefined ? {} : { url }) };
}

/** A canary needs a version that keeps the rest. */
function trafficOf(
  { canary }: FunctionDeployment,
  version: string,
  before: string | undefined,
): { version: string; canary?: { version: string; weight: number } } {
  if (canary === undefined || canary >= 1 || before === undefined || before === version) return { version };
  return { version: before, canary: { version, weight: canary } };
}

/** Whose it is comes with it in one step; its own layers come later: they belong to a function that is there. */
async function create(aws: Aws, deployment: FunctionDeployment, role: string): Promise<Seen> {
  const { name, cloud, code, labels } = deployment;
  const { settings, arch } = cloud!;
  const { VpcConfig, ...wanted } = wantedConfiguration(deployment, role, settings.layers ?? []);
  const lambda = await aws.clients.lambda();
  try {
    await lambda.createFunction({
      FunctionName: name,
      ...typed(wanted),
      ...(isInVpc(settings.vpc) ? { VpcConfig } : {}),
      Code: await placePackage(aws, code),
      PackageType: 'Zip',
      Architectures: [architecture(arch)],
      Tags: tagsOf(labels, settings.tags),
    });
  } catch (error) {
    // The answer to an earlier try was lost.
    if (!isThere(error)) throw error;
  }
  await untilReady(aws, name);
  return (await look(aws, name))!;
}

/** Changes what can still be changed to what is wanted, in two steps, of which Lambda does one at a time. */
async function converge(
  aws: Aws,
  { name, code, cloud }: FunctionDeployment,
  latest: FunctionConfiguration,
  wanted: Configuration,
): Promise<void> {
  const lambda = await aws.clients.lambda();
  const arch = architecture(cloud!.arch);
  const isOtherCode = codeDigest(latest) !== code.digest || (latest.Architectures?.[0] ?? 'x86_64') !== arch;
  const isOther = configurationDifferences(latest, wanted).length > 0;
  if (isOtherCode || isOther) await untilReady(aws, name);
  if (isOtherCode) {
    await lambda.updateFunctionCode({
      FunctionName: name,
      ...(await placePackage(aws, code)),
      Architectures: [arch],
    });
    await untilReady(aws, name);
  }
  if (isOther) {
    await lambda.updateFunctionConfiguration({ FunctionName: name, ...typed(wanted) });
    await untilReady(aws, name);
  }
}

function isSame(
  version: FunctionConfiguration,
  { code, cloud }: FunctionDeployment,
  wanted: Configuration,
): boolean {
  return (
    codeDigest(version) === code.digest &&
    (version.Architectures?.[0] ?? 'x86_64') === architecture(cloud!.arch) &&
    configurationDifferences(version, wanted).length === 0 &&
    version.State !== 'Failed'
  );
}

async function ensureTags(aws: Aws, { labels, cloud }: FunctionDeployment, seen: Seen): Promise<void> {
  const { set, remove } = tagChanges(seen.tags, tagsOf(labels, cloud!.settings.tags));
  const lambda = await aws.clients.lambda();
  const Resource = seen.latest.FunctionArn!;
  if (Object.keys(set).length > 0) await lambda.tagResource({ Resource, Tags: set });
  if (remove.length > 0) await lambda.untagResource({ Resource, TagKeys: remove });
}

async function tidy(aws: Aws, name: string): Promise<void> {
  const left = await pruneVersions(aws, name);
  await pruneLayers(aws, name, left);
}

function architecture(arch: 'x64' | 'arm64'): 'x86_64' | 'arm64' {
  return arch === 'arm64' ? 'arm64' : 'x86_64';
}

/** Lambda knows more runtimes than the SDK of today. */
function typed<T extends { Runtime: string }>(wanted: T): T & { Runtime: 'python3.12' } {
  return wanted as T & { Runtime: 'python3.12' };
}
