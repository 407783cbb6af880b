import { RopewayError } from '../../lib/errors.ts';
import { pollUntil } from '../polling.ts';
import { type Answer, gone, isLost, tencentCode } from './clients.ts';
import { listVersions, type Version } from './look.ts';
import { type FunctionId, LATEST } from './names.ts';
import { allPages } from './pages.ts';
import type { Tencent } from './tencent.ts';

/** Versions that are kept, to go back to. Those that an alias names are kept anyway. */
const KEPT = 10;
/** What is in a VPC takes its time. */
const READY_MS = 10 * 60_000;
/** How often to publish what nobody knows about whether it was published. */
const TRIES = 4;
const ON_THE_WAY = new Set(['Creating', 'Updating', 'Publishing', 'Deleting']);

/** Resolves when a function, or a version of it, can be changed and called. Rejects with CLOUD_REFUSED and SCF's reasons, CLOUD_TOO_SLOW. */
export async function untilActive(
  tencent: Tencent,
  id: FunctionId,
  Qualifier: string = LATEST,
): Promise<Answer<'GetFunction'>> {
  const seen = await untilSettled(tencent, id, Qualifier);
  if (seen.Status === 'Active') return seen;
  throw failed(titleOf(id, Qualifier), seen);
}

/** As `untilActive`, but bears that it has failed. */
export async function untilSettled(
  tencent: Tencent,
  id: FunctionId,
  Qualifier: string = LATEST,
): Promise<Answer<'GetFunction'>> {
  const scf = await tencent.clients.scf();
  let last = '';
  return pollUntil(
    async () => {
      const seen = await scf.GetFunction({ ...id, Qualifier });
      last = seen.Status ?? '';
      return ON_THE_WAY.has(last) ? undefined : seen;
    },
    {
      signal: tencent.signal,
      withinMs: READY_MS,
      tooLate: () =>
        new RopewayError({
          code: 'CLOUD_TOO_SLOW',
          message: `SCF is still not done with ${titleOf(id, Qualifier)} after ${READY_MS / 60_000} minutes.`,
          fault: 'system',
          got: last,
          fix: 'ropeway deploy goes on where this ended',
        }),
    },
  );
}

/** Makes a version of what there is. Its number. `known`: those that were there before. */
export async function publishVersion(
  tencent: Tencent,
  id: FunctionId,
  description: string,
  known: readonly Version[],
): Promise<string> {
  const scf = await tencent.clients.scf();
  const old = new Set(known.map(({ Version: name }) => name));
  for (let tried = 1; ; tried += 1) {
    try {
      const { FunctionVersion } = await scf.PublishVersion({ ...id, Description: description });
      return await untilPublished(tencent, id, FunctionVersion!);
    } catch (error) {
      if (!isLost(error) || tried === TRIES) throw error;
      const made = (await listVersions(scf, id)).find(
        ({ Version: name, Description }) => !old.has(name) && Description === description,
      );
      if (made !== undefined) return await untilPublished(tencent, id, made.Version);
    }
  }
}

/** Resolves with it when it can be called. A version that could not be made goes. */
export async function untilPublished(tencent: Tencent, id: FunctionId, version: string): Promise<string> {
  const seen = await untilSettled(tencent, id, version);
  if (seen.Status === 'Active') return version;
  const scf = await tencent.clients.scf();
  await gone(scf.DeleteFunctionVersion({ ...id, Qualifier: version }));
  throw failed(titleOf(id, version), seen);
}

/** Removes old versions to which nothing leads. Returns those that are left. */
export async function pruneVersions(tencent: Tencent, id: FunctionId): Promise<Version[]> {
  const scf = await tencent.clients.scf();
  const versions = await listVersions(scf, id);
  const old = versions.slice(0, -KEPT);
  if (old.length === 0) return versions;
  const named = await namedVersions(tencent, id);
  const removed = new Set<string>();
  for (const { Version: version } of old) {
    if (named.has(version)) continue;
    try {
      await gone(scf.DeleteFunctionVersion({ ...id, Qualifier: version }));
      removed.add(version);
    } catch (error) {
      // A trigger of somebody else leads to it.
      if (tencentCode(error)?.startsWith('ResourceInUse') !== true) throw error;
    }
  }
  return versions.filter(({ Version: version }) => !removed.has(version));
}

/** Versions to which any alias leads, be it with a share of the requests. */
async function namedVersions(tencent: Tencent, id: FunctionId): Promise<Set<string>> {
  const scf = await tencent.clients.scf();
  const aliases = await allPages(async ({ Offset, Limit }) => {
    // Here alone the API has them as texts.
    const page = { Offset: String(Offset), Limit: String(Limit) };
    const { Aliases, TotalCount } = await scf.ListAliases({ ...id, ...page });
    return { items: Aliases, total: TotalCount };
  });
  return new Set(
    aliases.flatMap(({ FunctionVersion, RoutingConfig }) => [
      FunctionVersion,
      ...(RoutingConfig?.AdditionalVersionWeights ?? []).map(({ Version: version }) => version),
      ...(RoutingConfig?.AddtionVersionMatchs ?? []).map(({ Version: version }) => version),
    ]),
  );
}

function titleOf({ FunctionName }: FunctionId, qualifier: string): string {
  return qualifier === LATEST ? FunctionName : `${FunctionName} version ${qualifier}`;
}

function failed(what: string, { Status, StatusDesc, StatusReasons }: Answer<'GetFunction'>): RopewayError {
  const reasons = (StatusReasons ?? []).map(({ ErrorCode, ErrorMessage }) => `${ErrorCode}: ${ErrorMessage}`);
  const said = reasons.length > 0 ? reasons.join('; ') : StatusDesc || 'for no reason that is known';
  return new RopewayError({
    code: 'CLOUD_REFUSED',
    message: `SCF could not make ${what}.`,
    got: `status ${Status}: ${said}`,
    fix: 'change what it names, then deploy again: that goes on from here',
  });
}
