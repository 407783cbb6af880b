import { RopewayError } from '../../lib/errors.ts';
import type { DeployedVersion, FunctionDeployment } from '../types.ts';
import { servingVersion, setAlias } from './alias.ts';
import { ensureConcurrency } from './concurrency.ts';
import {
  type Configuration,
  givenLayers,
  settingsDigest,
  wantedConfiguration,
  wantedKind,
} from './configuration.ts';
import { bringUp, convergeCode, convergeConfiguration, ensureTags } from './converge.ts';
import { changeDomains } from './domains.ts';
import { ensureUrl, urlOf, urlTrigger } from './function-url.ts';
import { ensureLayers, pruneLayers, shortDigest } from './layers.ts';
import { locate, type Seen } from './look.ts';
import { DEFAULT_NAMESPACE, type FunctionId } from './names.ts';
import { sortRoutes, type WantedRoutes } from './routes.ts';
import { checkLoads } from './smoke.ts';
import { versionLabels } from './tags.ts';
import type { Tencent } from './tencent.ts';
import { closeUrls } from './try-url.ts';
import { descriptionOf, noteOf, type VersionNote } from './version-note.ts';
import { pruneVersions, publishVersion, untilPublished } from './versions.ts';

/**
 * Brings a function to what is wanted, from wherever it stands: function, layers, code and configuration, a version that has been seen to load, alias,
 * instances, addresses. The alias leads to what it led to until the new version is known to load.
 */
export async function deployFunction(
  tencent: Tencent,
  deployment: FunctionDeployment,
): Promise<DeployedVersion> {
  const { layers: packages, labels, code } = deployment;
  const kind = wantedKind(deployment, tencent.note);
  const wanted = wantedConfiguration(deployment, tencent.note);
  const routes = wantedRoutes(deployment);
  const id = await idOf(tencent, deployment);
  const seen = await bringUp(tencent, id, deployment, { ...wanted, Layers: givenLayers(deployment) }, kind);
  const before = noteOf(seen.latest.Description);
  const hosts = routes?.hosts.map(({ host, path }) => host.toLowerCase() + path) ?? before?.hosts ?? [];
  await leaveHosts(tencent, id, before, hosts);
  await closeUrls(tencent, id, seen.triggers);

  const own = await ensureLayers(tencent, id, packages, { runtime: kind.Runtime, labels });
  wanted.Layers = [...own, ...givenLayers(deployment)];
  const sum = await convergeCode(tencent, seen, deployment, kind);
  const digests = packages.map(({ digest }) => shortDigest(digest));
  const note: VersionNote = {
    labels: versionLabels(labels),
    code: code.digest,
    ...(sum === code.digest ? {} : { sum }),
    settings: settingsDigest(kind, { ...wanted, Layers: givenLayers(deployment) }, digests),
    layers: digests,
    hosts,
  };
  const description = descriptionOf(note, deployment.cloud!.settings.description);
  await convergeConfiguration(tencent, id, wanted, description);
  await ensureTags(tencent, seen, deployment);

  const newest = seen.versions.at(-1);
  const isSame = newest?.Status !== 'PublishFailed' && isSameVersion(noteOf(newest?.Description), note);
  const version = isSame
    ? await untilPublished(tencent, id, newest!.Version)
    : await publishVersion(tencent, id, description, seen.versions);
  await serve(tencent, seen, deployment, { version, wanted });
  const url = await ensureAddresses(tencent, seen, deployment, routes);
  if (!isSame || servingVersion(seen.alias) === undefined) await tidy(tencent, id, digests);
  return { version, unchanged: isSame, ...(url === undefined ? {} : { url }) };
}

/** Domains of the settings lead to the function as routes on hosts do. Undefined: routes stay as they are. */
function wantedRoutes({ name, routes, cloud }: FunctionDeployment): WantedRoutes | undefined {
  if (routes === undefined) return undefined;
  const { url, hosts } = sortRoutes(name, routes);
  const domains = (cloud!.settings.domains ?? [])
    .map((domain) => ({ host: domain.name, path: '/*' }))
    .filter(({ host }) => !hosts.some((one) => one.host === host && one.path === '/*'));
  return { hosts: [...hosts, ...domains], ...(url === undefined ? {} : { url }) };
}

/** Rejects with NAMESPACE_FIXED: a function does not move. */
async function idOf(tencent: Tencent, { name, cloud }: FunctionDeployment): Promise<FunctionId> {
  const Namespace = cloud!.settings.namespace || DEFAULT_NAMESPACE;
  const there = await locate(tencent, name);
  if (there !== undefined && there.Namespace !== Namespace) {
    throw new RopewayError({
      code: 'NAMESPACE_FIXED',
      message: `The function ${name} is in the namespace ${there.Namespace} of SCF, and functions do not move.`,
      expected: `namespace: ${there.Namespace}`,
      got: Namespace,
      fix: 'another `name` for the one in the new namespace, or `ropeway remove` first',
    });
  }
  return { FunctionName: name, Namespace };
}

/** Takes away what the function had on domains and is not to have any more; the note still tells of it until that is done. */
async function leaveHosts(
  tencent: Tencent,
  id: FunctionId,
  before: VersionNote | undefined,
  hosts: readonly string[],
): Promise<void> {
  const left = (before?.hosts ?? []).filter((one) => !hosts.includes(one));
  const remove = left.map((one) => ({
    host: one.slice(0, one.indexOf('/')),
    path: one.slice(one.indexOf('/')),
  }));
  await changeDomains(tencent, { id: () => id, add: [], remove });
}

function isSameVersion(there: VersionNote | undefined, wanted: VersionNote): boolean {
  const text = (note: VersionNote | undefined): string =>
    JSON.stringify([
      note?.code,
      note?.settings,
      Object.entries(note?.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
  return text(there) === text(wanted);
}

/** Lets the alias lead to a version once it is known to load. A canary needs a version that keeps the rest. */
async function serve(
  tencent: Tencent,
  seen: Seen,
  deployment: FunctionDeployment,
  { version, wanted }: { version: string; wanted: Configuration },
): Promise<void> {
  const { canary } = deployment;
  const before = servingVersion(seen.alias);
  const weights = seen.alias?.RoutingConfig?.AdditionalVersionWeights ?? [];
  if (before !== version && !weights.some((one) => one.Version === version))
    await checkLoads(tencent, seen.id, deployment, version);
  const isShared = canary !== undefined && canary < 1 && before !== undefined && before !== version;
  const traffic = isShared ? { version: before, canary: { version, weight: canary } } : { version };
  await setAlias(tencent, seen.id, traffic, seen.alias);
  await ensureConcurrency(tencent, seen, deployment, {
    memory: wanted.MemorySize,
    version: traffic.version,
  });
}

/** Function URL and domains. Returns the first address. */
async function ensureAddresses(
  tencent: Tencent,
  seen: Seen,
  deployment: FunctionDeployment,
  routes: WantedRoutes | undefined,
): Promise<string | undefined> {
  if (routes === undefined) return urlOf(urlTrigger(seen.triggers));
  const { name, cloud } = deployment;
  const certificates = Object.fromEntries(
    (cloud!.settings.domains ?? []).flatMap((domain) =>
      domain.certificate === undefined ? [] : [[domain.name.toLowerCase(), domain.certificate]],
    ),
  ) as Record<string, string>;
  const add = routes.hosts.map(({ host, path, stage }) => ({
    host,
    path,
    function: name,
    ...(stage === undefined ? {} : { stage }),
  }));
  const url = await ensureUrl(tencent, seen, deployment, routes.url);
  const onHosts = await changeDomains(tencent, { id: () => seen.id, add, remove: [], certificates });
  return url ?? onHosts[0];
}

async function tidy(tencent: Tencent, id: FunctionId, digests: readonly string[]): Promise<void> {
  const versions = await pruneVersions(tencent, id);
  const used = versions.flatMap(({ Description }) => noteOf(Description)?.layers ?? []);
  await pruneLayers(tencent, id, new Set([...used, ...digests]));
}
