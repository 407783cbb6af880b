import { RopewayError } from '../../lib/errors.ts';
import { pollUntil } from '../polling.ts';
import type { FunctionDeployment } from '../types.ts';
import type { Aws } from './aws.ts';
import { gone } from './clients.ts';
import type { Seen } from './look.ts';
import { LIVE } from './names.ts';

/** Instances take minutes to be ready. */
const READY_MS = 15 * 60_000;

/** Instances that are kept for the function alone; it has no more than these either, so that a limit is the same thing here. */
export async function ensureReserved(
  aws: Aws,
  { name, limits, cloud }: FunctionDeployment,
  { reserved }: Pick<Seen, 'reserved'>,
): Promise<void> {
  const wanted = cloud!.settings.reserved ?? limits.instances;
  if (wanted === reserved) return;
  const lambda = await aws.clients.lambda();
  if (wanted === undefined) await gone(lambda.deleteFunctionConcurrency({ FunctionName: name }));
  else await lambda.putFunctionConcurrency({ FunctionName: name, ReservedConcurrentExecutions: wanted });
}

/** Instances that are ready before anyone asks (provisioned concurrency of the alias). Resolves when they are. */
export async function ensureProvisioned(
  aws: Aws,
  { name, limits }: FunctionDeployment,
  { provisioned }: Pick<Seen, 'provisioned'>,
): Promise<void> {
  const { minInstances: wanted = 0 } = limits;
  const lambda = await aws.clients.lambda();
  const at = { FunctionName: name, Qualifier: LIVE };
  if (wanted === 0) {
    if (provisioned !== undefined) await gone(lambda.deleteProvisionedConcurrencyConfig(at));
    return;
  }
  if (provisioned?.RequestedProvisionedConcurrentExecutions !== wanted || provisioned.Status === 'FAILED')
    await lambda.putProvisionedConcurrencyConfig({ ...at, ProvisionedConcurrentExecutions: wanted });
  await pollUntil(
    async () => {
      const { Status, StatusReason } = await lambda.getProvisionedConcurrencyConfig(at);
      if (Status === 'FAILED') throw notReady(name, wanted, StatusReason);
      return Status === 'READY' ? true : undefined;
    },
    {
      signal: aws.signal,
      withinMs: READY_MS,
      firstMs: 200,
      mostMs: 5000,
      tooLate: () => notReady(name, wanted, `not within ${READY_MS / 60_000} minutes`),
    },
  );
}

function notReady(name: string, wanted: number, reason = 'for no reason that is known'): RopewayError {
  return new RopewayError({
    code: 'INSTANCES_NOT_READY',
    message: `The new version of ${name} serves, but ${wanted} instances of it could not be made ready beforehand.`,
    got: reason,
    fix: 'a smaller `minInstances`; or ask for a higher quota of concurrent executions; then deploy again',
  });
}
