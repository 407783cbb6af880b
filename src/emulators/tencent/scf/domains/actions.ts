import { tagList, tagsOf } from '../configuration.ts';
import type { DomainRecord } from '../books.ts';
import type { Desk } from '../desk.ts';
import { failed, inUse, invalid } from '../errors.ts';
import { pageOf } from '../functions/show.ts';
import { checkQualifier } from '../ledger.ts';
import type { Handlers, Request, Response } from '../models.ts';
import { isPathMatch } from './match.ts';

const PROTOCOLS = ['HTTP', 'HTTPS', 'HTTP&HTTPS'];

export function domainActions(
  desk: Desk,
): Handlers<
  'CreateCustomDomain' | 'GetCustomDomain' | 'ListCustomDomains' | 'UpdateCustomDomain' | 'DeleteCustomDomain'
> {
  const { context, ledger } = desk;
  const find = (region: string, domain: string): DomainRecord => {
    const { domains } = ledger.region(region);
    if (!Object.hasOwn(domains, domain))
      throw failed('Domain.UnExist', `The domain [${domain}] does not exist.`);
    return domains[domain]!;
  };
  return {
    CreateCustomDomain: async (request, { region }) => {
      const domain = request.Domain.toLowerCase();
      if (!/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(domain))
        throw invalid('Domain', `[${request.Domain}] is no domain; those with a star cannot be used.`);
      check(desk, region, request);
      for (const { domains } of Object.values(ledger.books().regions))
        if (Object.hasOwn(domains, domain)) throw inUse('Function', domain);
      const now = context.now();
      await ledger.changeRegion(region, ({ domains }) => {
        domains[domain] = {
          protocol: request.Protocol,
          endpoints: request.EndpointsConfig,
          certificate: request.CertConfig,
          firewall: request.WafConfig,
          tags: tagsOf(request.Tags),
          addTime: now,
          modTime: now,
        };
      });
      return {};
    },
    GetCustomDomain: ({ Domain: domain = '' }, { region }) =>
      shownDomain(domain.toLowerCase(), find(region, domain.toLowerCase())),
    ListCustomDomains: (request, { region }) => {
      const by = request.OrderBy === 'ModTime' ? 'modTime' : 'addTime';
      const found = Object.entries(ledger.region(region).domains)
        .filter(([domain, record]) =>
          (request.Filters ?? []).every((filter) => passes(domain, record, filter)),
        )
        .sort(([, a], [, b]) => a[by] - b[by]);
      if (request.Order !== 'ASC') found.reverse();
      const { from, to } = pageOf(request);
      return {
        Total: found.length,
        Domains: found.slice(from, to).map(([domain, record]) => shownDomain(domain, record)),
      };
    },
    UpdateCustomDomain: async (request, { region }) => {
      const domain = request.Domain.toLowerCase();
      const before = find(region, domain);
      const after: DomainRecord = {
        ...before,
        protocol: request.Protocol ?? before.protocol,
        endpoints: request.EndpointsConfig ?? before.endpoints,
        certificate: request.CertConfig ?? before.certificate,
        firewall: request.WafConfig ?? before.firewall,
        modTime: context.now(),
      };
      check(desk, region, {
        Protocol: after.protocol,
        EndpointsConfig: after.endpoints,
        ...certificateOf(after),
      });
      await ledger.changeRegion(region, ({ domains }) => {
        domains[domain] = after;
      });
      return {};
    },
    DeleteCustomDomain: async ({ Domain: domain = '' }, { region }) => {
      find(region, domain.toLowerCase());
      await ledger.changeRegion(region, ({ domains }) => {
        delete domains[domain.toLowerCase()];
      });
      return {};
    },
  };
}

function certificateOf({ certificate }: DomainRecord): Pick<Request<'CreateCustomDomain'>, 'CertConfig'> {
  return certificate === undefined ? {} : { CertConfig: certificate };
}

function check(
  { ledger }: Desk,
  region: string,
  {
    Protocol: protocol,
    EndpointsConfig: endpoints,
    CertConfig: certificate,
  }: Pick<Request<'CreateCustomDomain'>, 'Protocol' | 'EndpointsConfig' | 'CertConfig'>,
): void {
  if (!PROTOCOLS.includes(protocol))
    throw invalid('ProtocolType', `Protocol must be one of ${PROTOCOLS.join(', ')}.`);
  if (protocol !== 'HTTP' && (certificate?.CertificateId ?? '') === '')
    throw failed('Ssl', `The protocol ${protocol} wants a certificate (CertConfig.CertificateId).`);
  if (endpoints.length === 0) throw invalid('Domain', 'EndpointsConfig is empty.');
  for (const { PathMatch: path, PathRewrite: rules, ...endpoint } of endpoints) {
    if (!isPathMatch(path))
      throw invalid('Domain', `PathMatch [${path}] is not valid: /, /*, /a, /a/b or /a/*.`);
    for (const { Path, Type } of rules ?? [])
      if (!isPathMatch(Path) || !['WildcardRules', 'ExactRules'].includes(Type))
        throw invalid('Domain', `The rule for [${Path}] is not valid.`);
    const record = ledger.find({ region, namespace: endpoint.Namespace, name: endpoint.FunctionName });
    checkQualifier(record, endpoint.Qualifier);
  }
}

function shownDomain(
  domain: string,
  record: DomainRecord,
): Required<Omit<Response<'GetCustomDomain'>, 'RequestId'>> & { Domain: string } {
  return {
    Domain: domain,
    Protocol: record.protocol,
    EndpointsConfig: record.endpoints.map((endpoint) => ({
      ...endpoint,
      PathRewrite: endpoint.PathRewrite ?? [],
    })),
    CertConfig: { CertificateId: record.certificate?.CertificateId ?? '' },
    WafConfig: { WafOpen: 'CLOSE', WafInstanceId: '', ...record.firewall },
    Tags: tagList(record.tags),
  };
}

function passes(
  domain: string,
  { tags, endpoints }: DomainRecord,
  { Name, Values }: { Name: string; Values: string[] },
): boolean {
  if (Name === 'Domain') return Values.some((value) => domain.includes(value));
  if (Name === 'FunctionName') return endpoints.some(({ FunctionName }) => Values.includes(FunctionName));
  if (Name.startsWith('tag-')) return Values.includes(tags[Name.slice('tag-'.length)] ?? '');
  throw invalid('Filters', `There is no filter [${Name}].`);
}
