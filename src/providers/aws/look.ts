import type {
  AliasConfiguration,
  FunctionConfiguration,
  FunctionUrlConfig,
  GetProvisionedConcurrencyConfigResponse,
} from '@aws-sdk/client-lambda';

import { orUndefined } from './clients.ts';
import type { Aws } from './aws.ts';
import { LIVE } from './names.ts';

/** All that there is of a function. */
export interface Seen {
  /** What can still be changed: `$LATEST`. */
  latest: FunctionConfiguration;
  tags: Record<string, string>;
  reserved?: number;
  /** Published ones, oldest first. */
  versions: FunctionConfiguration[];
  alias?: AliasConfiguration;
  url?: Pick<FunctionUrlConfig, 'FunctionUrl' | 'AuthType' | 'Cors' | 'InvokeMode'>;
  provisioned?: GetProvisionedConcurrencyConfigResponse;
  /** Who may call the alias. */
  statements: Statement[];
}

export interface Statement {
  Sid: string;
  Action: string;
  Condition?: Record<string, Record<string, string>>;
}

/** Looks at a function; undefined: it is not there. */
export async function look(aws: Aws, FunctionName: string): Promise<Seen | undefined> {
  const lambda = await aws.clients.lambda();
  const found = await orUndefined(lambda.getFunction({ FunctionName }));
  if (found === undefined) return undefined;
  const [versions, alias] = await Promise.all([
    listVersions(aws, FunctionName),
    orUndefined(lambda.getAlias({ FunctionName, Name: LIVE })),
  ]);
  const atAlias = alias === undefined ? { statements: [] } : await lookAtAlias(aws, FunctionName);
  const reserved = found.Concurrency?.ReservedConcurrentExecutions;
  return {
    latest: found.Configuration!,
    tags: found.Tags ?? {},
    versions,
    ...(alias === undefined ? {} : { alias }),
    ...(reserved === undefined ? {} : { reserved }),
    ...atAlias,
  };
}

export async function listVersions(aws: Aws, FunctionName: string): Promise<FunctionConfiguration[]> {
  const lambda = await aws.clients.lambda();
  const versions: FunctionConfiguration[] = [];
  let Marker: string | undefined;
  do {
    const page = await lambda.listVersionsByFunction({
      FunctionName,
      ...(Marker === undefined ? {} : { Marker }),
    });
    versions.push(...(page.Versions ?? []).filter(({ Version }) => Version !== '$LATEST'));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return versions.sort((a, b) => Number(a.Version) - Number(b.Version));
}

async function lookAtAlias(
  aws: Aws,
  FunctionName: string,
): Promise<Pick<Seen, 'url' | 'provisioned' | 'statements'>> {
  const lambda = await aws.clients.lambda();
  const at = { FunctionName, Qualifier: LIVE };
  const [url, provisioned, policy] = await Promise.all([
    orUndefined(lambda.getFunctionUrlConfig(at)),
    orUndefined(lambda.getProvisionedConcurrencyConfig(at)),
    orUndefined(lambda.getPolicy(at)),
  ]);
  return {
    ...(url === undefined ? {} : { url }),
    ...(provisioned === undefined ? {} : { provisioned }),
    statements: statementsOf(policy?.Policy),
  };
}

export function statementsOf(policy: string | undefined): Statement[] {
  if (policy === undefined) return [];
  return (JSON.parse(policy) as { Statement?: Statement[] }).Statement ?? [];
}
