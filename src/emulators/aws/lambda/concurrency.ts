import type { Fn } from './books.ts';
import {
  changeFunction,
  type Desk,
  findFunction,
  findRevision,
  invalid,
  json,
  nothing,
  notFound,
  type Operation,
  refOf,
} from './desk.ts';
import { settle } from './functions.ts';
import { functionArn, stamp } from './names.ts';

/** Of an account; Lambda keeps a hundred for functions without any of their own. */
const ACCOUNT_INSTANCES = 1000;
const LEFT_FOR_OTHERS = 100;
/** Milliseconds until provisioned instances are said to be there. */
const READY_MS = 200;

export const putReserved: Operation = async (desk, call) => {
  const wanted = Number(call.input['ReservedConcurrentExecutions']);
  if (!Number.isInteger(wanted) || wanted < 0)
    throw invalid('ReservedConcurrentExecutions is no whole number from 0.');
  const ref = refOf(call);
  const { functions } = desk.store.current();
  const others = Object.values(functions)
    .filter((fn) => fn.region === ref.region && fn.name !== ref.name)
    .reduce((total, { reserved = 0 }) => total + reserved, 0);
  if (others + wanted > ACCOUNT_INSTANCES - LEFT_FOR_OTHERS)
    throw invalid(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEFT_FOR_OTHERS}].`,
    );
  await changeFunction(desk, ref, (fn) => ({ fn: { ...fn, reserved: wanted }, result: undefined }));
  await settle(desk);
  return json(200, { ReservedConcurrentExecutions: wanted });
};

export const getReserved: Operation = (desk, call) => {
  const { reserved } = findFunction(desk.store.current(), refOf(call));
  return json(200, reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved });
};

export const deleteReserved: Operation = async (desk, call) => {
  await changeFunction(desk, refOf(call), (before) => {
    const { reserved: _, ...fn } = before;
    return { fn, result: undefined };
  });
  await settle(desk);
  return nothing();
};

export const putProvisioned: Operation = async (desk, call) => {
  const ref = refOf(call);
  const { qualifier } = ref;
  const wanted = Number(call.input['ProvisionedConcurrentExecutions']);
  if (!Number.isInteger(wanted) || wanted < 1)
    throw invalid('ProvisionedConcurrentExecutions is no whole number from 1.');
  if (qualifier === '' || qualifier === '$LATEST')
    throw invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
  const now = desk.context.now();
  const fn = await changeFunction(desk, ref, (before) => {
    findRevision(before, qualifier);
    if (before.reserved !== undefined && wanted > before.reserved)
      throw invalid(
        'Requested Provisioned Concurrency should not be greater than the reserved concurrency of the function.',
      );
    const config = { wanted, readyAt: now + READY_MS, changedAt: stamp(now) };
    const after = { ...before, provisioned: { ...before.provisioned, [qualifier]: config } };
    return { fn: after, result: after };
  });
  await settle(desk);
  startNow(desk, fn, qualifier);
  return json(202, shown(desk, fn, qualifier));
};

export const getProvisioned: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  if (fn.provisioned[ref.qualifier] === undefined) throw none();
  return json(200, shown(desk, fn, ref.qualifier));
};

export const deleteProvisioned: Operation = async (desk, call) => {
  const ref = refOf(call);
  await changeFunction(desk, ref, (fn) => {
    const { [ref.qualifier]: _, ...provisioned } = fn.provisioned;
    return { fn: { ...fn, provisioned }, result: undefined };
  });
  await settle(desk);
  return nothing();
};

export const listProvisioned: Operation = (desk, call) => {
  const fn = findFunction(desk.store.current(), refOf(call));
  const configs = Object.keys(fn.provisioned).map((qualifier) => ({
    FunctionArn: functionArn(fn, qualifier),
    ...shown(desk, fn, qualifier),
  }));
  return json(200, { ProvisionedConcurrencyConfigs: configs });
};

/** Its instances are there before the first call. */
function startNow({ context, store, calls }: Desk, fn: Fn, qualifier: string): void {
  try {
    calls.of(store.current(), fn, findRevision(fn, qualifier));
  } catch (error) {
    context.onNotice(`${fn.name}: its provisioned instances do not start: ${(error as Error).message}`);
  }
}

function shown({ context }: Desk, { provisioned }: Fn, qualifier: string): Record<string, unknown> {
  const { wanted, readyAt, changedAt } = provisioned[qualifier]!;
  const isReady = context.now() >= readyAt;
  return {
    RequestedProvisionedConcurrentExecutions: wanted,
    AvailableProvisionedConcurrentExecutions: isReady ? wanted : 0,
    AllocatedProvisionedConcurrentExecutions: isReady ? wanted : 0,
    Status: isReady ? 'READY' : 'IN_PROGRESS',
    LastModified: changedAt,
  };
}

function none(): ReturnType<typeof notFound> {
  const error = notFound('No Provisioned Concurrency Config found for this function');
  return Object.assign(error, { code: 'ProvisionedConcurrencyConfigNotFoundException' });
}
