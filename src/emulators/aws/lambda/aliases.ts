import { randomUUID } from 'node:crypto';

import type { Alias, Fn } from './books.ts';
import {
  changeFunction,
  conflict,
  findFunction,
  findRevision,
  invalid,
  json,
  nothing,
  notFound,
  type Operation,
  page,
  refOf,
} from './desk.ts';
import { refuseOldRevision, settle } from './functions.ts';
import { functionArn } from './names.ts';

export const createAlias: Operation = async (desk, call) => {
  const name = String(call.input['Name'] ?? '');
  if (!/^(?!^[0-9]+$)([a-zA-Z0-9-_]{1,128})$/.test(name))
    throw invalid(`Value '${name}' at 'name' is no name of an alias.`);
  const shown = await changeFunction(desk, refOf(call), (fn) => {
    if (fn.aliases[name] !== undefined) throw conflict(`Alias already exists: ${functionArn(fn, name)}`);
    const alias = readAlias(fn, call.input, { version: '', description: '', weights: {}, revisionId: '' });
    return { fn: { ...fn, aliases: { ...fn.aliases, [name]: alias } }, result: shownAlias(fn, name, alias) };
  });
  return json(201, shown);
};

export const getAlias: Operation = (desk, call) => {
  const fn = findFunction(desk.store.current(), refOf(call));
  const name = call.values['alias']!;
  return json(200, shownAlias(fn, name, findAlias(fn, name)));
};

export const updateAlias: Operation = async (desk, call) => {
  const name = call.values['alias']!;
  const shown = await changeFunction(desk, refOf(call), (fn) => {
    const before = findAlias(fn, name);
    refuseOldRevision(call.input['RevisionId'], before);
    const alias = readAlias(fn, call.input, before);
    return { fn: { ...fn, aliases: { ...fn.aliases, [name]: alias } }, result: shownAlias(fn, name, alias) };
  });
  return json(200, shown);
};

export const deleteAlias: Operation = async (desk, call) => {
  const name = call.values['alias']!;
  await changeFunction(desk, refOf(call), (fn) => {
    const without = <T>(all: Record<string, T>): Record<string, T> =>
      Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
    return {
      fn: {
        ...fn,
        aliases: without(fn.aliases),
        urls: without(fn.urls),
        policies: without(fn.policies),
        provisioned: without(fn.provisioned),
      },
      result: undefined,
    };
  });
  await settle(desk);
  return nothing();
};

export const listAliases: Operation = (desk, call) => {
  const fn = findFunction(desk.store.current(), refOf(call));
  const version = call.parameters.get('FunctionVersion');
  const all = Object.entries(fn.aliases)
    .filter(([, alias]) => version === null || alias.version === version)
    .map(([name, alias]) => shownAlias(fn, name, alias));
  const { items, more } = page(all, call.parameters, 'NextMarker');
  return json(200, { Aliases: items, ...more });
};

function findAlias(fn: Fn, name: string): Alias {
  const alias = fn.aliases[name];
  if (alias === undefined) throw notFound(`Cannot find alias arn: ${functionArn(fn, name)}`);
  return alias;
}

function readAlias(fn: Fn, input: Record<string, unknown>, before: Alias): Alias {
  const version = input['FunctionVersion'] === undefined ? before.version : String(input['FunctionVersion']);
  findRevision(fn, version);
  const routing = input['RoutingConfig'] as { AdditionalVersionWeights?: Record<string, number> } | undefined;
  const weights = routing === undefined ? before.weights : (routing.AdditionalVersionWeights ?? {});
  const entries = Object.entries(weights);
  if (entries.length > 1)
    throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
  for (const [other, weight] of entries) {
    findRevision(fn, other);
    if (!(weight >= 0 && weight <= 1)) throw invalid('A weight is a number from 0 to 1.');
    if (version === '$LATEST' || other === '$LATEST')
      throw invalid('$LATEST is not supported for an alias pointing to more than 1 version');
    if (other === version)
      throw invalid(
        'Invalid function version. Function version in AdditionalVersionWeights should not be the same as the function version of the alias.',
      );
  }
  return {
    version,
    weights,
    description: input['Description'] === undefined ? before.description : String(input['Description']),
    revisionId: randomUUID(),
  };
}

function shownAlias(fn: Fn, name: string, { version, description, weights, revisionId }: Alias): object {
  return {
    AliasArn: functionArn(fn, name),
    Name: name,
    FunctionVersion: version,
    Description: description,
    ...(Object.keys(weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
    RevisionId: revisionId,
  };
}
