import { randomUUID } from 'node:crypto';

import { ACCOUNT } from '../service.ts';
import type { Fn } from './books.ts';
import {
  changeFunction,
  findFunction,
  invalid,
  json,
  type LambdaCall,
  nothing,
  notFound,
  type Operation,
  page,
  refOf,
} from './desk.ts';
import { functionArn, functionRef, type FunctionRef } from './names.ts';

export const listTags: Operation = (desk, call) =>
  json(200, { Tags: findFunction(desk.store.current(), tagged(call)).tags });

export const tag: Operation = async (desk, call) => {
  const tags = (call.input['Tags'] as Record<string, string> | undefined) ?? {};
  await changeTags(desk, call, (before) => ({ ...before, ...tags }));
  return nothing();
};

export const untag: Operation = async (desk, call) => {
  const keys = new Set(call.parameters.getAll('tagKeys'));
  await changeTags(desk, call, (before) =>
    Object.fromEntries(Object.entries(before).filter(([key]) => !keys.has(key))),
  );
  return nothing();
};

const changeTags = (
  desk: Parameters<Operation>[0],
  call: LambdaCall,
  make: (before: Fn['tags']) => Fn['tags'],
): Promise<void> =>
  changeFunction(desk, tagged(call), (fn) => ({ fn: { ...fn, tags: make(fn.tags) }, result: undefined }));

function tagged({ values, region }: LambdaCall): FunctionRef {
  return functionRef(values['arn']!, region);
}

export const accountSettings: Operation = (desk, { region }) => {
  const functions = Object.values(desk.store.current().functions).filter((fn) => fn.region === region);
  const reserved = functions.reduce((total, fn) => total + (fn.reserved ?? 0), 0);
  const bytes = functions
    .flatMap((fn) => [fn.latest, ...fn.versions])
    .reduce((total, { code }) => total + code.bytes, 0);
  return json(200, {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 1000 - reserved,
    },
    AccountUsage: { TotalCodeSize: bytes, FunctionCount: functions.length },
  });
};

/** Kept and shown; nothing is read from the source. */
export const createEventSource: Operation = async (desk, { input, region }) => {
  const fn = findFunction(desk.store.current(), functionRef(String(input['FunctionName'] ?? ''), region));
  const UUID = randomUUID();
  const { FunctionName: _, ...given } = input;
  const mapping = {
    ...given,
    UUID,
    FunctionArn: functionArn(fn),
    EventSourceMappingArn: `arn:aws:lambda:${region}:${ACCOUNT}:event-source-mapping:${UUID}`,
    State: 'Enabled',
    StateTransitionReason: 'USER_INITIATED',
    LastModified: desk.context.now() / 1000,
  };
  await desk.store.change((books) => ({
    value: { ...books, eventSources: { ...books.eventSources, [UUID]: mapping } },
    result: undefined,
  }));
  desk.context.onNotice(`${fn.name}: its event source is kept, and nothing reads from it here`);
  return json(202, { ...mapping, State: 'Creating' });
};

export const listEventSources: Operation = (desk, { parameters, region }) => {
  const name = parameters.get('FunctionName');
  const arn = name === null ? undefined : functionArn(functionRef(name, region));
  const all = Object.values(desk.store.current().eventSources).filter(
    (one) => arn === undefined || one['FunctionArn'] === arn,
  );
  const { items, more } = page(all, parameters, 'NextMarker');
  return json(200, { EventSourceMappings: items, ...more });
};

export const getEventSource: Operation = (desk, { values }) => {
  const found = desk.store.current().eventSources[values['id']!];
  if (found === undefined) throw notFound('The resource you requested does not exist.');
  return json(200, found);
};

export const deleteEventSource: Operation = async (desk, { values }) => {
  const id = values['id']!;
  const found = await desk.store.change((books) => {
    const { [id]: gone, ...eventSources } = books.eventSources;
    if (gone === undefined) throw notFound('The resource you requested does not exist.');
    return { value: { ...books, eventSources }, result: gone };
  });
  return json(202, { ...found, State: 'Deleting' });
};

export const putEventInvoke: Operation = async (desk, call) => {
  const ref = refOf(call);
  const config = { ...call.input, LastModified: desk.context.now() / 1000 };
  const { MaximumRetryAttempts: tries } = call.input;
  if (tries !== undefined && !(Number(tries) >= 0 && Number(tries) <= 2))
    throw invalid('MaximumRetryAttempts is a number from 0 to 2.');
  const fn = await changeFunction(desk, ref, (before) => ({
    fn: { ...before, eventInvoke: { ...before.eventInvoke, [ref.qualifier]: config } },
    result: before,
  }));
  return json(200, { ...config, FunctionArn: functionArn(fn, ref.qualifier || '$LATEST') });
};

export const getEventInvoke: Operation = (desk, call) => {
  const ref = refOf(call);
  const fn = findFunction(desk.store.current(), ref);
  const config = fn.eventInvoke[ref.qualifier];
  if (config === undefined)
    throw notFound(
      `The function ${functionArn(fn, ref.qualifier || '$LATEST')} doesn't have an EventInvokeConfig`,
    );
  return json(200, { ...config, FunctionArn: functionArn(fn, ref.qualifier || '$LATEST') });
};

export const deleteEventInvoke: Operation = async (desk, call) => {
  const ref = refOf(call);
  await changeFunction(desk, ref, (fn) => {
    const { [ref.qualifier]: _, ...eventInvoke } = fn.eventInvoke;
    return { fn: { ...fn, eventInvoke }, result: undefined };
  });
  return nothing();
};

export const noCodeSigning: Operation = (desk, call) =>
  json(200, { FunctionName: findFunction(desk.store.current(), refOf(call)).name });

export const runtimeManagement: Operation = (desk, call) =>
  json(200, {
    UpdateRuntimeOn: 'Auto',
    FunctionArn: functionArn(findFunction(desk.store.current(), refOf(call))),
  });

export const recursion: Operation = (desk, call) => {
  findFunction(desk.store.current(), refOf(call));
  return json(200, { RecursiveLoop: 'Terminate' });
};
