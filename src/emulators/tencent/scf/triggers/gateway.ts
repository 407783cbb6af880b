import type { JsonObject } from '../../../../events/types.ts';
import type { FunctionName, GatewayBooks } from '../../context.ts';
import { TencentError } from '../../service.ts';
import type { FunctionRecord, TriggerRecord } from '../books.ts';
import type { Desk } from '../desk.ts';
import { parseObject } from './url-description.ts';

/** Makes the API of an old `apigw` trigger; resolves with the description as the cloud gives it back. Rejects with `TencentError`. */
export async function addGatewayTrigger(
  { context }: Desk,
  wanted: FunctionName,
  qualifier: string,
  description: string,
): Promise<JsonObject> {
  return gatewaysOf(context.peers.gateways).addTrigger({ ...wanted, qualifier }, parseObject(description));
}

export async function removeGatewayTrigger(
  { context }: Desk,
  wanted: FunctionName,
  trigger: TriggerRecord,
): Promise<void> {
  const { description, qualifier } = trigger;
  if (typeof description === 'string') return;
  await context.peers.gateways?.removeTrigger({ ...wanted, qualifier }, description);
}

/** Takes all of a function's APIs away. */
export async function removeGatewayTriggers(
  desk: Desk,
  wanted: FunctionName,
  record: FunctionRecord,
): Promise<void> {
  for (const trigger of record.triggers)
    if (trigger.type === 'apigw') await removeGatewayTrigger(desk, wanted, trigger);
}

function gatewaysOf(gateways: GatewayBooks | undefined): GatewayBooks {
  if (gateways !== undefined) return gateways;
  throw new TencentError(
    'UnsupportedOperation.Trigger',
    'There are no new triggers of the API gateway: use a function URL (http).',
  );
}
