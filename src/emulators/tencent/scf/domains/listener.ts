import type { IncomingMessage } from 'node:http';

import { RopewayError } from '../../../../lib/errors.ts';
import type { Listening, Refused, Routed } from '../../../types.ts';
import type { TencentContext } from '../../context.ts';
import { hostForms } from '../../signing/hosts.ts';
import type { DomainRecord } from '../books.ts';
import type { Invocations } from '../invoking/invocations.ts';
import type { Ledger } from '../ledger.ts';
import { refused, routeTo } from '../triggers/urls.ts';
import { matchPath } from './match.ts';

/** Custom domains of all regions, told apart by `Host` on one address. */
export interface Domains {
  /** `http://127.0.0.1:40123` */
  url: string;
  close(): Promise<void>;
}

interface DomainsOptions {
  context: TencentContext;
  ledger: Ledger;
  invocations: Invocations;
}

export async function openDomains({ context, ledger, invocations }: DomainsOptions): Promise<Domains> {
  const route = (request: IncomingMessage): Routed | Refused => {
    const found = findDomain(ledger, request.headers.host ?? '');
    if (found === undefined) return refused(404, 'no custom domain of this name leads to a function');
    const [path = '/', ...query] = (request.url ?? '/').split('?');
    const target = matchPath(found.record.endpoints, path);
    if (target === undefined) return refused(404, `${found.domain} leads ${path} nowhere`);
    const {
      Namespace: namespace,
      FunctionName: name,
      Qualifier: qualifier,
      PathMatch: pattern,
    } = target.endpoint;
    const wanted = { region: found.region, namespace, name, qualifier };
    const record = ledger.books().regions[found.region]?.namespaces[namespace]?.functions[name];
    if (record === undefined) return refused(404, `${found.domain} leads to ${name}, which is gone`);
    if (target.path !== path) request.url = [target.path, ...query].join('?');
    return routeTo(invocations, wanted, record, { cors: undefined, route: pattern });
  };

  const listen = (port: number): Promise<Listening> => context.platform.listen({ port, route });
  const before = ledger.books().domainsPort ?? 0;
  let found = await listen(before).catch((error: unknown) => {
    if (!(error instanceof RopewayError) || before === 0) throw error;
    context.onNotice(`custom domains move: ${error.message}`);
    return undefined;
  });
  found ??= await listen(0);
  const { port, url, close } = found;
  if (port !== before)
    await ledger.changeBooks((draft) => {
      draft.domainsPort = port;
    });
  return { url, close };
}

function findDomain(
  ledger: Ledger,
  host: string,
): { region: string; domain: string; record: DomainRecord } | undefined {
  const domain = hostForms(host).at(-1)!.toLowerCase();
  for (const [region, { domains }] of Object.entries(ledger.books().regions))
    if (Object.hasOwn(domains, domain)) return { region, domain, record: domains[domain]! };
  return undefined;
}
