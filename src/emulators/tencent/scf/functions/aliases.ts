import { TencentError } from '../../service.ts';
import type { AliasRecord, FunctionRecord } from '../books.ts';
import type { Desk } from '../desk.ts';
import { failed, inUse, invalid } from '../errors.ts';
import { aliasOf, versionOf, wantedFunction } from '../ledger.ts';
import type { Handlers, Request, Response } from '../models.ts';
import { beijingTime } from '../times.ts';
import { pageOf } from './show.ts';
import { versionsOfAlias } from './versions.ts';

type Routing = Request<'CreateAlias'>['RoutingConfig'];

export function aliasActions(
  desk: Desk,
): Handlers<'CreateAlias' | 'UpdateAlias' | 'GetAlias' | 'ListAliases' | 'DeleteAlias'> {
  const { context, ledger } = desk;
  return {
    CreateAlias: async (request, call) => {
      const { Name: name } = request;
      if (!/^[A-Za-z][\w-]{0,63}$/.test(name))
        throw invalid(
          'Alias',
          `The name [${name}] is not valid: 1 to 64 letters, digits, _ and -, a letter first.`,
        );
      await ledger.change(wantedFunction(request, call), (draft) => {
        if (Object.hasOwn(draft.aliases, name)) throw inUse('Alias', name);
        const now = context.now();
        draft.aliases[name] = { ...aliasFor(draft, request), addTime: now, modTime: now };
      });
      return {};
    },
    UpdateAlias: async (request, call) => {
      await ledger.change(wantedFunction(request, call), (draft) => {
        const { addTime, description } = aliasOf(draft, request.Name);
        draft.aliases[request.Name] = {
          ...aliasFor(draft, { Description: description, ...request }),
          addTime,
          modTime: context.now(),
        };
      });
      return {};
    },
    GetAlias: (request, call) =>
      shownAlias(request.Name, aliasOf(ledger.find(wantedFunction(request, call)), request.Name)),
    ListAliases: (request, call) => {
      const { FunctionVersion: version = '' } = request;
      const found = Object.entries(ledger.find(wantedFunction(request, call)).aliases).filter(
        ([, alias]) => version === '' || versionsOfAlias(alias).includes(version),
      );
      const { from, to } = pageOf({ ...numbersOf(request) });
      return {
        Aliases: found.slice(from, to).map(([name, alias]) => shownAlias(name, alias)),
        TotalCount: found.length,
      };
    },
    DeleteAlias: async (request, call) => {
      const { Name: name } = request;
      await ledger.change(wantedFunction(request, call), (draft) => {
        aliasOf(draft, name);
        if (name === '$DEFAULT') throw failed('DeleteAlias', 'The alias $DEFAULT cannot be deleted.');
        const trigger = draft.triggers.find(({ qualifier }) => qualifier === name);
        if (trigger !== undefined)
          throw new TencentError(
            'UnsupportedOperation.AliasBind',
            `The trigger [${trigger.name}] leads to the alias [${name}].`,
          );
        delete draft.aliases[name];
      });
      return {};
    },
  };
}

function aliasFor(
  record: FunctionRecord,
  request: Pick<Request<'CreateAlias'>, 'FunctionVersion' | 'RoutingConfig' | 'Description'>,
): Omit<AliasRecord, 'addTime' | 'modTime'> {
  const { FunctionVersion: version, RoutingConfig: routing = {}, Description: description = '' } = request;
  const alias = { version, description, ...routesOf(routing, version) };
  for (const name of versionsOfAlias(alias)) {
    const { status } = versionOf(record, name);
    if (name !== '$LATEST' && status !== 'Active')
      throw failed(
        'FunctionVersionStatusNotActive',
        `The version [${name}] is in status ${status}. Try again when it is Active.`,
      );
  }
  return alias;
}

function routesOf(
  { AdditionalVersionWeights: weights = [], AddtionVersionMatchs: matches = [] }: NonNullable<Routing>,
  version: string,
): Pick<AliasRecord, 'weights' | 'matches'> {
  if (weights.length > 0 && matches.length > 0)
    throw invalid('RoutingConfig', 'An alias leads to another version by weight or by a rule, not both.');
  if (weights.length > 1 || matches.length > 1)
    throw invalid('AdditionalVersionWeights', 'An alias leads to one more version at most.');
  for (const { Version } of [...weights, ...matches])
    if (Version === version)
      throw invalid(
        'AdditionalVersionWeights',
        `The version [${version}] is the first one of the alias already.`,
      );
  for (const { Weight } of weights)
    if (Weight < 0 || Weight > 1)
      throw invalid('AdditionalVersionWeights', `The weight ${Weight} is not between 0 and 1.`);
  for (const { Method, Expression } of matches) checkRule(Method, Expression);
  return { weights, matches };
}

function checkRule(method: string, expression: string): void {
  if (method !== 'range' && method !== 'exact')
    throw invalid('RoutingConfig', 'Method must be range or exact.');
  if (method === 'range' && !/^[([]\s*-?\d+\s*,\s*-?\d+\s*[)\]]$/.test(expression))
    throw invalid('RoutingConfig', `[${expression}] is no range: (a,b) or [a,b] of whole numbers.`);
}

function shownAlias(
  name: string,
  alias: AliasRecord,
): Required<NonNullable<Response<'ListAliases'>['Aliases']>[number]> {
  return {
    Name: name,
    Description: alias.description,
    FunctionVersion: alias.version,
    RoutingConfig: { AdditionalVersionWeights: alias.weights, AddtionVersionMatchs: alias.matches },
    AddTime: beijingTime(alias.addTime),
    ModTime: beijingTime(alias.modTime),
  };
}

/** Here alone the API has them as texts. */
function numbersOf({ Offset, Limit }: { Offset?: string; Limit?: string }): {
  Offset?: number;
  Limit?: number;
} {
  const numberOf = (name: 'Offset' | 'Limit', text: string): number => {
    if (!/^\d+$/.test(text)) throw invalid(name, `${name} must be a number.`);
    return Number(text);
  };
  return {
    ...(Offset === undefined ? {} : { Offset: numberOf('Offset', Offset) }),
    ...(Limit === undefined ? {} : { Limit: numberOf('Limit', Limit) }),
  };
}
