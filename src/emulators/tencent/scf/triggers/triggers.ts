import type { JsonObject } from '../../../../events/types.ts';
import type { FunctionName } from '../../context.ts';
import { TencentError } from '../../service.ts';
import { MOST_TRIGGERS } from '../account.ts';
import type { FunctionRecord, TriggerRecord } from '../books.ts';
import type { Desk } from '../desk.ts';
import { failed, inUse, invalid, limitExceeded, notFound } from '../errors.ts';
import { randomId } from '../functions/create.ts';
import { pageOf } from '../functions/show.ts';
import { checkIdle, checkQualifier, wantedFunction } from '../ledger.ts';
import type { Handlers, Request } from '../models.ts';
import { parseCron, sevenFields } from './cron.ts';
import { addGatewayTrigger, removeGatewayTrigger } from './gateway.ts';
import { shownTrigger } from './shown.ts';
import { parseObject, parseUrlDescription, type UrlDescription } from './url-description.ts';

/** `apigw` is closed in the cloud, and stays for what still asks for it. */
const TYPES = ['cos', 'cls', 'timer', 'ckafka', 'http', 'apigw'];
const KEPT_ONLY = new Set(['cos', 'cls', 'ckafka']);
const ARGUMENT_BYTES = 4096;

export function triggerActions(
  desk: Desk,
): Handlers<'CreateTrigger' | 'UpdateTrigger' | 'UpdateTriggerStatus' | 'DeleteTrigger' | 'ListTriggers'> {
  const { context, ledger, urls, timers } = desk;
  const sync = async (): Promise<void> => {
    timers.sync();
    await urls.sync();
  };
  return {
    CreateTrigger: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const {
        Type: type,
        TriggerName: name,
        Qualifier: qualifier = '$LATEST',
        TriggerDesc: text = '',
      } = request;
      checkNew(ledger.find(wanted), wanted, request);
      const description =
        type === 'apigw' ? await addGatewayTrigger(desk, wanted, qualifier, text) : descriptionOf(type, text);
      const now = context.now();
      await ledger.change(wanted, (draft) => {
        checkNew(draft, wanted, request);
        draft.triggers.push({
          type,
          name,
          qualifier,
          description,
          enabled: isOpen(request.Enable ?? 'OPEN'),
          argument: checkArgument(request.CustomArgument),
          remark: request.Description ?? '',
          addTime: now,
          modTime: now,
          ...(type === 'http' ? { url: { id: `${randomId()}${randomId().slice(0, 2)}`, port: 0 } } : {}),
        });
      });
      await sync();
      const record = ledger.find(wanted);
      const made = findTrigger(record, { type, name, qualifier });
      if (KEPT_ONLY.has(type))
        context.onNotice(
          `the trigger ${name} of ${wanted.name} is kept, but nothing here fires triggers of the type ${type}`,
        );
      return { TriggerInfo: shownTrigger(urls, wanted, record, made) };
    },
    UpdateTrigger: async (request, call) => {
      const wanted = wantedFunction(request, call);
      if (!['timer', 'ckafka', 'http'].includes(request.Type))
        throw invalid('Type', 'Only triggers of the types timer, ckafka and http can be changed.');
      await ledger.change(wanted, (draft) => {
        checkIdle(draft, wanted.name);
        const trigger = findTrigger(draft, namesOf(request));
        change(trigger, request, context.now());
      });
      await sync();
      return {};
    },
    UpdateTriggerStatus: async (request, call) => {
      const wanted = wantedFunction(request, call);
      await ledger.change(wanted, (draft) => {
        const trigger = findTrigger(draft, namesOf(request));
        trigger.enabled = isOpen(request.Enable);
        trigger.modTime = context.now();
      });
      await sync();
      return {};
    },
    DeleteTrigger: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const record = ledger.find(wanted);
      checkIdle(record, wanted.name);
      const found = findTrigger(record, namesOf(request));
      if (found.type === 'http') checkUnbound(desk, wanted, found);
      if (found.type === 'apigw') await removeGatewayTrigger(desk, wanted, found);
      await ledger.change(wanted, (draft) => {
        const gone = findTrigger(draft, namesOf(request));
        draft.triggers = draft.triggers.filter((trigger) => trigger !== gone);
      });
      await sync();
      return {};
    },
    ListTriggers: (request, call) => {
      const wanted = wantedFunction(request, call);
      const record = ledger.find(wanted);
      const by = request.OrderBy === 'add_time' ? 'addTime' : 'modTime';
      const found = record.triggers
        .filter((trigger) => (request.Filters ?? []).every((filter) => passes(trigger, filter)))
        .sort((a, b) => a[by] - b[by]);
      if (request.Order !== 'ASC') found.reverse();
      const { from, to } = pageOf(request);
      return {
        TotalCount: found.length,
        Triggers: found.slice(from, to).map((trigger) => shownTrigger(urls, wanted, record, trigger)),
      };
    },
  };
}

interface TriggerName {
  type: string;
  name: string;
  qualifier: string | undefined;
}

function namesOf({
  Type,
  TriggerName,
  Qualifier,
}: {
  Type: string;
  TriggerName: string;
  Qualifier?: string;
}): TriggerName {
  return { type: Type, name: TriggerName, qualifier: Qualifier };
}

/** Old clients name no qualifier, and mean the only one of this name. */
function findTrigger(record: FunctionRecord, { type, name, qualifier }: TriggerName): TriggerRecord {
  const named = record.triggers.filter((trigger) => trigger.type === type && trigger.name === name);
  const exact = named.find((trigger) => trigger.qualifier === (qualifier ?? '$LATEST'));
  const found = exact ?? (qualifier === undefined && named.length === 1 ? named[0] : undefined);
  if (found === undefined) throw notFound('Trigger', name);
  return found;
}

function checkNew(record: FunctionRecord, { name }: FunctionName, request: Request<'CreateTrigger'>): void {
  const { Type: type, TriggerName: trigger, Qualifier: qualifier = '$LATEST' } = request;
  checkIdle(record, name);
  if (!TYPES.includes(type)) throw invalid('Type', `The type [${type}] is not one of ${TYPES.join(', ')}.`);
  checkQualifier(record, qualifier);
  if (type === 'timer' && !/^[\w-]{1,100}$/.test(trigger))
    throw invalid('TriggerName', `The name [${trigger}] is not valid: 1 to 100 letters, digits, - and _.`);
  const same = record.triggers.filter((one) => one.type === type);
  if (type === 'http' && same.some((one) => one.qualifier === qualifier))
    throw inUse('Trigger', `http ${qualifier}`);
  if (same.some((one) => one.name === trigger && (type !== 'http' || one.qualifier === qualifier)))
    throw inUse('TriggerName', trigger);
  if (same.length >= MOST_TRIGGERS)
    throw limitExceeded('Trigger', `A function has at most ${MOST_TRIGGERS} triggers of the type ${type}.`);
}

function descriptionOf(type: string, text: string, before?: JsonObject | string): JsonObject | string {
  if (type === 'http') return parseUrlDescription(text, before as UrlDescription | undefined);
  if (type !== 'timer') return text;
  const cron = sevenFields(cronText(text));
  parseCron(cron);
  return { cron };
}

/** The expression itself, or as it is given back. */
function cronText(text: string): string {
  if (!text.trim().startsWith('{')) return text;
  const { cron } = parseObject(text);
  if (typeof cron !== 'string') throw invalid('TriggerDesc', 'TriggerDesc has no cron.');
  return cron;
}

function change(trigger: TriggerRecord, request: Request<'UpdateTrigger'>, now: number): void {
  const { Enable: enable, TriggerDesc: text, Description: remark, CustomArgument: argument } = request;
  if (enable !== undefined) trigger.enabled = isOpen(enable);
  if (text !== undefined) trigger.description = descriptionOf(trigger.type, text, trigger.description);
  if (remark !== undefined) trigger.remark = remark;
  if (argument !== undefined) trigger.argument = checkArgument(argument);
  trigger.modTime = now;
}

/** Not only by the cloud's words: old clients repeat what a list gave them. */
function isOpen(word: string): boolean {
  if (word === 'OPEN' || word === '1') return true;
  if (word === 'CLOSE' || word === '0') return false;
  throw invalid('Enable', 'Enable must be OPEN or CLOSE.');
}

function checkArgument(argument = ''): string {
  if (Buffer.byteLength(argument) > ARGUMENT_BYTES)
    throw invalid('CustomArgument', `CustomArgument has more than ${ARGUMENT_BYTES} bytes.`);
  return argument;
}

/** Throws FailedOperation.DeleteTrigger.UrlUsed while a custom domain leads to the same version or alias. */
function checkUnbound(
  { ledger }: Desk,
  { region, namespace, name }: FunctionName,
  { qualifier }: TriggerRecord,
): void {
  for (const [domain, { endpoints }] of Object.entries(ledger.region(region).domains))
    if (
      endpoints.some(
        (one) => one.Namespace === namespace && one.FunctionName === name && one.Qualifier === qualifier,
      )
    )
      throw failed('DeleteTrigger.UrlUsed', `The custom domain [${domain}] leads to this function URL.`);
}

function passes(trigger: TriggerRecord, { Name, Values }: { Name: string; Values: string[] }): boolean {
  const values: Record<string, string> = {
    Qualifier: trigger.qualifier,
    TriggerName: trigger.name,
    Description: trigger.remark,
    Type: trigger.type,
  };
  const value = values[Name];
  if (value === undefined)
    throw new TencentError('InvalidParameterValue.Filters', `There is no filter [${Name}].`);
  return Values.includes(value);
}
