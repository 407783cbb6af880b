import { randomBytes } from 'node:crypto';

import type { FunctionName } from '../../context.ts';
import { TencentError } from '../../service.ts';
import type { CodeRecord, FunctionRecord } from '../books.ts';
import { CODE_LIMITS, takeCode } from '../code-source.ts';
import {
  checkFunctionName,
  checkHandler,
  configure,
  DEFAULT_CONFIGURATION,
  tagsOf,
} from '../configuration.ts';
import type { Desk } from '../desk.ts';
import { failed, inUse, invalid, limitExceeded } from '../errors.ts';
import { checkIdle, wantedFunction } from '../ledger.ts';
import type { Handlers, Request } from '../models.ts';
import { checkRuntime } from '../runtimes.ts';

const MOST_FUNCTIONS = 50;

export function createActions(desk: Desk): Handlers<'CreateFunction' | 'CopyFunction'> {
  const { context, ledger } = desk;
  return {
    CreateFunction: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const { type, runtime } = checkKind(request);
      checkFunctionName(wanted.name);
      checkFree(desk, wanted);
      const record = newRecord(desk, wanted, request, { type, runtime, code: { digest: '', bytes: 0 } });
      record.latest.code = await takeCode(desk, request.Code, CODE_LIMITS.create);
      await insert(desk, wanted, record);
      return {};
    },
    CopyFunction: async (request, call) => {
      const from = wantedFunction(request, call);
      const to: FunctionName = {
        region: request.TargetRegion ?? call.region,
        namespace: request.TargetNamespace ?? 'default',
        name: request.NewFunctionName,
      };
      const source = ledger.find(from);
      checkIdle(source, from.name);
      checkFunctionName(to.name);
      if (from.region === to.region && from.namespace === to.namespace && from.name === to.name)
        throw new TencentError(
          'UnsupportedOperation.CopyFunction',
          'A function cannot be copied onto itself.',
        );
      if (request.Override !== true) checkFree(desk, to);
      else if (Object.hasOwn(ledger.namespace(to.region, to.namespace).functions, to.name))
        checkIdle(ledger.find(to), to.name);
      const { type, runtime, latest } = source;
      const record = newRecord(desk, to, {}, { type, runtime, code: latest.code });
      const keepsAll = request.CopyConfiguration ?? true;
      const { ClsLogsetId: _logset, ClsTopicId: _topic, ...kept } = latest.configuration.kept;
      const { configuration } = record.latest;
      // Layers are a region's own, and logs are not copied.
      const layers = from.region === to.region ? latest.configuration.layers : [];
      record.latest.configuration = {
        ...(keepsAll ? { ...latest.configuration, layers, kept } : configuration),
        handler: latest.configuration.handler,
        description: request.Description ?? (keepsAll ? latest.configuration.description : ''),
      };
      if (keepsAll) record.tags = { ...source.tags };
      await insert(desk, to, record, request.Override === true);
      return {};
    },
  };

  function newRecord(
    { ledger: books }: Desk,
    { region }: FunctionName,
    request: Partial<Request<'CreateFunction'>>,
    { type, runtime, code }: { type: 'Event' | 'HTTP'; runtime: string; code: CodeRecord },
  ): FunctionRecord {
    const now = context.now();
    const handler =
      request.FunctionName === undefined ? '' : checkHandler(request.Handler ?? '', runtime, type);
    const configuration = configure({ ...DEFAULT_CONFIGURATION, handler }, request, {
      region: books.region(region),
      type,
    });
    return {
      id: `lam-${randomId()}`,
      type,
      runtime,
      addTime: now,
      tags: tagsOf(request.Tags),
      latest: {
        version: '$LATEST',
        status: 'Creating',
        reasons: [],
        addTime: now,
        modTime: now,
        code,
        configuration,
      },
      versions: [],
      nextVersion: 1,
      aliases: {
        $DEFAULT: {
          description: '',
          version: '$LATEST',
          weights: [],
          matches: [],
          addTime: now,
          modTime: now,
        },
      },
      triggers: [],
      provisioned: {},
      asyncConfig: { retries: 2, ttl: 21_600 },
    };
  }
}

function checkKind({ Type = 'Event', Runtime, Code }: Request<'CreateFunction'>): {
  type: 'Event' | 'HTTP';
  runtime: string;
} {
  if (Type !== 'Event' && Type !== 'HTTP') throw invalid('FunctionType', 'Type must be Event or HTTP.');
  if (Runtime === undefined && Code.ImageConfig === undefined)
    throw new TencentError('MissingParameter.Runtime', 'The runtime is missing.');
  if (Runtime !== undefined) checkRuntime(Runtime, Type);
  return { type: Type, runtime: Runtime ?? 'CustomImage' };
}

function checkFree({ ledger }: Desk, { region, namespace, name }: FunctionName): void {
  const { functions } = ledger.namespace(region, namespace);
  if (Object.hasOwn(functions, name)) throw inUse('Function', name);
  if (Object.keys(functions).length >= MOST_FUNCTIONS)
    throw limitExceeded('Function', `The namespace [${namespace}] has ${MOST_FUNCTIONS} functions already.`);
}

async function insert(
  desk: Desk,
  wanted: FunctionName,
  record: FunctionRecord,
  replaces = false,
): Promise<void> {
  const { ledger, settling } = desk;
  if (replaces) await removeOld(desk, wanted);
  await ledger.changeRegion(wanted.region, ({ namespaces }) => {
    // Another call may have made it while this one's package came in.
    checkFree(desk, wanted);
    const namespace = namespaces[wanted.namespace];
    if (namespace === undefined)
      throw failed('CreateFunction', `The namespace [${wanted.namespace}] is gone.`);
    namespace.functions[wanted.name] = record;
  });
  settling.begin(wanted);
}

async function removeOld({ ledger, running, urls, timers }: Desk, wanted: FunctionName): Promise<void> {
  await ledger.changeRegion(wanted.region, ({ namespaces }) => {
    delete namespaces[wanted.namespace]!.functions[wanted.name];
  });
  running.retire(wanted);
  await urls.sync();
  timers.sync();
}

const SIGNS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Eight letters and digits. */
export function randomId(): string {
  return [...randomBytes(8)].map((byte) => SIGNS[byte % SIGNS.length]).join('');
}
