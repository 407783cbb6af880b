import { RopewayError } from '../../lib/errors.ts';
import { pollUntil } from '../polling.ts';
import type { FunctionDeployment } from '../types.ts';
import { gone } from './clients.ts';
import type { Seen } from './look.ts';
import type { FunctionId } from './names.ts';
import type { Tencent } from './tencent.ts';

/** Instances take minutes to be ready. */
const READY_MS = 15 * 60_000;

/**
 * Instances that are kept for the function alone (it has no more than these either, so that a limit is the same thing here; SCF counts them in MB), and those
 * of them that are ready before anyone asks, of the version that serves. Whichever makes room for the other comes first. Resolves when they are ready.
 */
export async function ensureConcurrency(
  tencent: Tencent,
  seen: Pick<Seen, 'id' | 'reserved' | 'provisioned'>,
  { limits, cloud }: FunctionDeployment,
  { memory, version }: { memory: number; version: string },
): Promise<void> {
  const instances = cloud!.settings.reserved ?? limits.instances;
  const wanted = limits.minInstances ?? 0;
  const now = seen.provisioned.find(({ Qualifier }) => Qualifier === version);
  const reserve = (): Promise<void> =>
    setReserved(tencent, seen, instances === undefined ? undefined : instances * memory);
  await removeProvisioned(tencent, seen, version);
  const isLess = wanted < (now?.AllocatedProvisionedConcurrencyNum ?? 0);
  if (!isLess) await reserve();
  await setProvisioned(tencent, seen, version, wanted);
  if (isLess) await reserve();
}

/** Lets instances that are kept ready be of the version that serves now. */
export async function moveProvisioned(
  tencent: Tencent,
  seen: Pick<Seen, 'id' | 'provisioned'>,
  version: string,
): Promise<void> {
  const instances = Math.max(
    0,
    ...seen.provisioned.map(({ AllocatedProvisionedConcurrencyNum: count = 0 }) => count),
  );
  await removeProvisioned(tencent, seen, version);
  await setProvisioned(tencent, seen, version, instances);
}

async function setReserved(
  tencent: Tencent,
  { id, reserved }: Pick<Seen, 'id' | 'reserved'>,
  wanted: number | undefined,
): Promise<void> {
  if (wanted === reserved) return;
  const scf = await tencent.clients.scf();
  if (wanted === undefined) await gone(scf.DeleteReservedConcurrencyConfig(id));
  else await scf.PutReservedConcurrencyConfig({ ...id, ReservedConcurrencyMem: wanted });
}

/** Of all versions but this one. */
async function removeProvisioned(
  tencent: Tencent,
  { id, provisioned }: Pick<Seen, 'id' | 'provisioned'>,
  version: string,
): Promise<void> {
  const scf = await tencent.clients.scf();
  for (const { Qualifier = '', AllocatedProvisionedConcurrencyNum: count = 0 } of provisioned) {
    if (Qualifier !== version && count > 0)
      await gone(scf.DeleteProvisionedConcurrencyConfig({ ...id, Qualifier }));
  }
}

async function setProvisioned(
  tencent: Tencent,
  { id, provisioned }: Pick<Seen, 'id' | 'provisioned'>,
  Qualifier: string,
  wanted: number,
): Promise<void> {
  const scf = await tencent.clients.scf();
  const found = provisioned.find((one) => one.Qualifier === Qualifier);
  const now = found?.AllocatedProvisionedConcurrencyNum ?? 0;
  if (wanted === 0) {
    if (now > 0) await gone(scf.DeleteProvisionedConcurrencyConfig({ ...id, Qualifier }));
    return;
  }
  if (now !== wanted || found?.Status === 'Failed')
    await scf.PutProvisionedConcurrencyConfig({
      ...id,
      Qualifier,
      VersionProvisionedConcurrencyNum: wanted,
      ProvisionedType: 'Default',
    });
  await untilReady(tencent, id, Qualifier, wanted);
}

async function untilReady(
  tencent: Tencent,
  id: FunctionId,
  Qualifier: string,
  wanted: number,
): Promise<void> {
  const scf = await tencent.clients.scf();
  await pollUntil(
    async () => {
      const { Allocated } = await scf.GetProvisionedConcurrencyConfig({ ...id, Qualifier });
      const found = Allocated?.find((one) => one.Qualifier === Qualifier);
      if (found?.Status === 'Failed') throw notReady(id, wanted, found.StatusReason);
      return found?.Status === 'Done' ? true : undefined;
    },
    {
      signal: tencent.signal,
      withinMs: READY_MS,
      firstMs: 200,
      mostMs: 5000,
      tooLate: () => notReady(id, wanted, `not within ${READY_MS / 60_000} minutes`),
    },
  );
}

function notReady({ FunctionName }: FunctionId, wanted: number, reason = ''): RopewayError {
  return new RopewayError({
    code: 'INSTANCES_NOT_READY',
    message: `The new version of ${FunctionName} serves, but ${wanted} instances of it could not be made ready beforehand.`,
    got: reason || 'for no reason that is known',
    fix: 'a smaller `minInstances`, or less `memory`; then deploy again',
  });
}
