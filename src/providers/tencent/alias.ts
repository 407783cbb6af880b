import { RopewayError } from '../../lib/errors.ts';
import type { Traffic } from '../types.ts';
import { type Answer, tencentCode } from './clients.ts';
import { moveProvisioned } from './concurrency.ts';
import { locate, look } from './look.ts';
import { type FunctionId, LATEST, LIVE } from './names.ts';
import type { Tencent } from './tencent.ts';

/** The version that serves; undefined: nobody has said it yet, or what is not published does. */
export function servingVersion(alias: Answer<'GetAlias'> | undefined): string | undefined {
  const version = alias?.FunctionVersion;
  return version === LATEST ? undefined : version;
}

/** The version that gets a share of the requests beside the one that serves. */
export function canaryOf(
  alias: Answer<'GetAlias'> | undefined,
): { version: string; weight: number } | undefined {
  const [canary] = alias?.RoutingConfig?.AdditionalVersionWeights ?? [];
  return canary && { version: canary.Version, weight: canary.Weight };
}

/** Lets the alias lead to a version, and a share of the requests to another one. Does nothing when it does already. */
export async function setAlias(
  tencent: Tencent,
  id: FunctionId,
  { version, canary }: Traffic,
  there: Answer<'GetAlias'> | undefined,
): Promise<void> {
  const now = canaryOf(there);
  const isSame =
    there?.FunctionVersion === version &&
    now?.version === canary?.version &&
    now?.weight === canary?.weight &&
    (there.RoutingConfig?.AddtionVersionMatchs ?? []).length === 0;
  if (isSame) return;
  const scf = await tencent.clients.scf();
  await scf.UpdateAlias({
    ...id,
    Name: LIVE,
    FunctionVersion: version,
    RoutingConfig: {
      AdditionalVersionWeights:
        canary === undefined ? [] : [{ Version: canary.version, Weight: canary.weight }],
    },
  });
}

/** `setTraffic` of the provider; instances that are kept ready go along. Rejects with NOT_DEPLOYED, NO_SUCH_VERSION. */
export async function setTraffic(tencent: Tencent, name: string, traffic: Traffic): Promise<void> {
  const id = await locate(tencent, name);
  const seen = id && (await look(tencent, id));
  if (seen === undefined) {
    throw new RopewayError({
      code: 'NOT_DEPLOYED',
      message: `There is no function ${name} in ${tencent.region}.`,
      fix: 'ropeway deploy',
    });
  }
  const { version, canary } = traffic;
  try {
    await setAlias(tencent, seen.id, traffic, seen.alias);
  } catch (error) {
    if (!/^ResourceNotFound\.(FunctionVersion|Version|Qualifier)$/.test(tencentCode(error) ?? ''))
      throw error;
    throw new RopewayError({
      code: 'NO_SUCH_VERSION',
      message: `Function ${name} has no version ${[version, canary?.version].filter(Boolean).join(' or ')}.`,
      fix: 'ropeway info shows the versions that there are',
      cause: error,
    });
  }
  await moveProvisioned(tencent, seen, version);
}
