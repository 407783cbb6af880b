import type { Answer, Scf } from './clients.ts';
import { orUndefined } from './clients.ts';
import { type Endpoint, endpointsOf } from './domains.ts';
import { DEFAULT_NAMESPACE, type FunctionId, LATEST, LIVE } from './names.ts';
import { allPages } from './pages.ts';
import { labelsOfTags, tagRecord } from './tags.ts';
import type { Tencent } from './tencent.ts';

export type Version = NonNullable<Answer<'ListVersionByFunction'>['Versions']>[number];
export type Trigger = NonNullable<Answer<'ListTriggers'>['Triggers']>[number];
export type Provisioned = NonNullable<Answer<'GetProvisionedConcurrencyConfig'>['Allocated']>[number];

/** All that there is of a function. */
export interface Seen {
  id: FunctionId;
  /** What can still be changed: `$LATEST`. */
  latest: Answer<'GetFunction'>;
  /** What SCF calls the code of `$LATEST`. */
  codeSum: string;
  tags: Record<string, string>;
  /** Published ones, oldest first. */
  versions: Version[];
  alias?: Answer<'GetAlias'>;
  /** MB; absent: none. */
  reserved?: number;
  provisioned: Provisioned[];
  triggers: Trigger[];
  /** Where domains lead to it. */
  endpoints: Endpoint[];
}

/** Looks at a function; undefined: it is not there. */
export async function look(tencent: Tencent, id: FunctionId): Promise<Seen | undefined> {
  const scf = await tencent.clients.scf();
  const latest = await orUndefined(scf.GetFunction(id));
  if (latest === undefined) return undefined;
  const [code, versions, alias, reserved, provisioned, triggers, endpoints] = await Promise.all([
    // While it is being made it has none.
    latest.Status === 'Creating' || latest.Status === 'CreateFailed'
      ? undefined
      : orUndefined(scf.GetFunctionAddress({ ...id, Qualifier: LATEST })),
    listVersions(scf, id),
    orUndefined(scf.GetAlias({ ...id, Name: LIVE })),
    orUndefined(scf.GetReservedConcurrencyConfig(id)),
    orUndefined(scf.GetProvisionedConcurrencyConfig(id)),
    listTriggers(scf, id),
    endpointsOf(tencent, id),
  ]);
  const memory = reserved?.ReservedMem ?? 0;
  return {
    id,
    latest,
    codeSum: code?.CodeSha256 ?? '',
    tags: tagRecord(latest.Tags),
    versions,
    ...(alias === undefined ? {} : { alias }),
    ...(memory === 0 ? {} : { reserved: memory }),
    provisioned: provisioned?.Allocated ?? [],
    triggers,
    endpoints,
  };
}

/** Where a function of a name is. Of two in two namespaces the one that is ours; undefined: there is none. */
export async function locate(tencent: Tencent, FunctionName: string): Promise<FunctionId | undefined> {
  const known = tencent.namespaces.get(FunctionName);
  if (known !== undefined) return { FunctionName, Namespace: known };
  const scf = await tencent.clients.scf();
  const ownerAt = async (id: FunctionId): Promise<'ours' | 'somebody' | 'nobody'> => {
    const found = await orUndefined(scf.GetFunction(id));
    if (found === undefined) return 'nobody';
    return Object.keys(labelsOfTags(tagRecord(found.Tags))).length > 0 ? 'ours' : 'somebody';
  };
  const usual = { FunctionName, Namespace: DEFAULT_NAMESPACE };
  const owner = await ownerAt(usual);
  if (owner === 'ours') return usual;
  const { Namespaces: all } = await scf.ListNamespaces({ Limit: 100 });
  for (const { Name } of all ?? []) {
    if (Name === undefined || Name === DEFAULT_NAMESPACE) continue;
    const id = { FunctionName, Namespace: Name };
    if ((await ownerAt(id)) === 'ours') return id;
  }
  return owner === 'nobody' ? undefined : usual;
}

/** Published ones, oldest first. */
export async function listVersions(scf: Scf, id: FunctionId): Promise<Version[]> {
  const versions = await allPages(async (page) => {
    const { Versions, TotalCount } = await scf.ListVersionByFunction({ ...id, ...page });
    return { items: Versions, total: TotalCount };
  });
  return versions
    .filter(({ Version: name }) => name !== LATEST)
    .sort((a, b) => Number(a.Version) - Number(b.Version));
}

export async function listTriggers(scf: Scf, id: FunctionId): Promise<Trigger[]> {
  return allPages(async (page) => {
    const { Triggers, TotalCount } = await scf.ListTriggers({ ...id, ...page });
    return { items: Triggers, total: TotalCount };
  });
}
