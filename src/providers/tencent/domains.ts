import { RopewayError } from '../../lib/errors.ts';
import type { RouteWish } from '../types.ts';
import { type Answer, gone, isThere, tencentCode } from './clients.ts';
import { type FunctionId, LIVE } from './names.ts';
import { allPages } from './pages.ts';
import type { Tencent } from './tencent.ts';

export type Domain = NonNullable<Answer<'ListCustomDomains'>['Domains']>[number];
type EndpointConf = NonNullable<Domain['EndpointsConfig']>[number];

/** A path of a domain that leads to a function. */
export interface Endpoint {
  host: string;
  path: string;
  function: string;
  /** First segment of the path, which the app does not see. */
  stage?: string;
}

/** What is to become of domains. */
export interface DomainChange {
  id(name: string): FunctionId | Promise<FunctionId>;
  add: Endpoint[];
  remove: Pick<Endpoint, 'host' | 'path'>[];
  /** Ids of certificates by host. */
  certificates?: Record<string, string>;
}

export async function listDomains(tencent: Tencent): Promise<Domain[]> {
  const scf = await tencent.clients.scf();
  return allPages(async (page) => {
    const { Domains, Total } = await scf.ListCustomDomains(page);
    return { items: Domains, total: Total };
  });
}

/** Paths of domains that lead to a function. */
export async function endpointsOf(tencent: Tencent, id: FunctionId): Promise<Endpoint[]> {
  return (await listDomains(tencent)).flatMap(({ Domain: host, EndpointsConfig: all }) =>
    (all ?? []).filter((one) => isOf(one, id)).map((one) => endpointOf(host, one)),
  );
}

/** Where a route on a domain leads; undefined: nowhere. */
export async function functionOfRoute(
  tencent: Tencent,
  { host, path }: RouteWish,
): Promise<string | undefined> {
  const domains = await listDomains(tencent);
  const domain = domains.find((one) => one.Domain === host?.toLowerCase());
  return domain?.EndpointsConfig?.find(({ PathMatch }) => PathMatch === path)?.FunctionName;
}

/**
 * Writes the routes of domains, each at once: new ones are added, those to remove are gone, those of others stay. A domain without routes is removed.
 * Rejects with ROUTE_TAKEN where a path leads to a function that nobody has said anything of. Returns addresses of what was added.
 */
export function changeDomains(tencent: Tencent, change: DomainChange): Promise<string[]> {
  return tencent.alone(async () => {
    const hosts = [...new Set([...change.add, ...change.remove].map(({ host }) => host.toLowerCase()))];
    if (hosts.length === 0) return [];
    const domains = await listDomains(tencent);
    const secure = new Set<string>();
    for (const host of hosts) {
      const domain = domains.find((one) => one.Domain === host);
      const certificate = change.certificates?.[host] ?? domain?.CertConfig?.CertificateId ?? '';
      if (certificate !== '') secure.add(host);
      await changeDomain(tencent, host, domain, certificate, change);
    }
    return change.add.map(
      ({ host, path }) =>
        `http${secure.has(host.toLowerCase()) ? 's' : ''}://${host.toLowerCase()}${path.replace(/\*$/, '')}`,
    );
  });
}

/** Takes away all paths that lead to a function. */
export async function removeEndpoints(tencent: Tencent, id: FunctionId): Promise<void> {
  await changeDomains(tencent, { id: () => id, add: [], remove: await endpointsOf(tencent, id) });
}

async function changeDomain(
  tencent: Tencent,
  host: string,
  domain: Domain | undefined,
  certificate: string,
  { id, add, remove }: DomainChange,
): Promise<void> {
  const before = domain?.EndpointsConfig ?? [];
  const isHere = (one: { host: string }): boolean => one.host.toLowerCase() === host;
  const removed = new Set(remove.filter(isHere).map(({ path }) => path));
  const kept = before.filter(({ PathMatch }) => !removed.has(PathMatch));
  const after = [...kept];
  for (const endpoint of add.filter(isHere)) {
    const wanted = confOf(await id(endpoint.function), endpoint);
    const at = after.findIndex(({ PathMatch }) => PathMatch === endpoint.path);
    if (at !== -1 && after[at]!.FunctionName !== endpoint.function) throw taken(host, after[at]!);
    if (at === -1) after.push(wanted);
    else after[at] = wanted;
  }
  const Protocol = certificate === '' ? 'HTTP' : 'HTTP&HTTPS';
  const settings = {
    Domain: host,
    Protocol: domain?.Protocol === 'HTTPS' ? 'HTTPS' : Protocol,
    EndpointsConfig: after,
    ...(certificate === '' ? {} : { CertConfig: { CertificateId: certificate } }),
  };
  const isSame =
    textOf(before) === textOf(after) && (domain?.CertConfig?.CertificateId ?? '') === certificate;
  if (isSame) return;
  const scf = await tencent.clients.scf();
  if (after.length === 0) {
    if (domain !== undefined) await gone(scf.DeleteCustomDomain({ Domain: host }));
    return;
  }
  try {
    if (domain === undefined) {
      try {
        await scf.CreateCustomDomain(settings);
      } catch (error) {
        // The answer to an earlier try was lost.
        if (!isThere(error)) throw error;
        await scf.UpdateCustomDomain(settings);
      }
    } else {
      const { WafConfig } = domain;
      const waf = WafConfig?.WafOpen === 'OPEN' ? { WafConfig } : {};
      await scf.UpdateCustomDomain({ ...settings, ...waf });
    }
  } catch (error) {
    if (!/^ResourceNotFound\.Function(Name)?$/.test(tencentCode(error) ?? '')) throw error;
    const names = [...new Set(after.map(({ FunctionName }) => FunctionName))].join(', ');
    throw new RopewayError({
      code: 'NOT_THERE',
      message: `Routes of ${host} lead to functions (${names}) of which one is not there.`,
      fix: 'deploy that function first, and name it by a reference (`function: ${api.name}`): then it is',
      cause: error,
    });
  }
}

/** `/v1/users/*` of stage `v1` is `/users/…` for the app. */
function confOf({ FunctionName, Namespace }: FunctionId, { path, stage = '' }: Endpoint): EndpointConf {
  const conf = { FunctionName, Namespace, Qualifier: LIVE, PathMatch: path };
  if (stage === '') return conf;
  const inner = path.slice(stage.length + 1) || '/';
  if (!path.endsWith('/*'))
    return { ...conf, PathRewrite: [{ Path: path, Type: 'ExactRules', Rewrite: inner }] };
  const outer = path.slice(0, -2);
  return {
    ...conf,
    PathRewrite: [
      { Path: outer, Type: 'ExactRules', Rewrite: inner.slice(0, -2) || '/' },
      // `$` is what the star stands for.
      { Path: path, Type: 'WildcardRules', Rewrite: `${inner.slice(0, -1)}$` },
    ],
  };
}

function endpointOf(host: string, { PathMatch, FunctionName }: EndpointConf): Endpoint {
  return { host, path: PathMatch, function: FunctionName };
}

function isOf(one: EndpointConf, id: FunctionId): boolean {
  return one.FunctionName === id.FunctionName && one.Namespace === id.Namespace;
}

function textOf(endpoints: readonly EndpointConf[]): string {
  const rows = endpoints.map(({ FunctionName, Namespace, Qualifier, PathMatch, PathRewrite }) =>
    JSON.stringify([
      PathMatch,
      Namespace,
      FunctionName,
      Qualifier,
      (PathRewrite ?? []).map(({ Path, Type, Rewrite }) => [Path, Type, Rewrite]),
    ]),
  );
  return rows.sort().join('\n');
}

function taken(host: string, { PathMatch, FunctionName }: EndpointConf): RopewayError {
  return new RopewayError({
    code: 'ROUTE_TAKEN',
    message: `${host}${PathMatch} leads to the function ${FunctionName} already.`,
    fix: `another path or host, or remove the route of ${FunctionName}`,
  });
}
