import type { JsonObject } from '../../../events/types.ts';
import type { FunctionName, TencentContext } from '../context.ts';
import { TencentError, type TencentService } from '../service.ts';
import { missing } from '../signing/refusal.ts';
import { accountActions } from './account.ts';
import { allDigests, allFunctions, type Books, EMPTY_BOOKS } from './books.ts';
import { concurrencyActions, restart } from './concurrency.ts';
import type { Desk } from './desk.ts';
import { domainActions } from './domains/actions.ts';
import { openDomains } from './domains/listener.ts';
import { downloadUrl, zipFolder } from './downloads.ts';
import { aliasActions } from './functions/aliases.ts';
import { changeActions } from './functions/change.ts';
import { createActions } from './functions/create.ts';
import { showActions } from './functions/show.ts';
import { versionActions } from './functions/versions.ts';
import { openAsyncEvents } from './invoking/async-events.ts';
import { openInvocations } from './invoking/invocations.ts';
import { invokeActions } from './invoking/invoke-actions.ts';
import { logActions } from './invoking/logs.ts';
import { layerActions } from './layers.ts';
import { openLedger } from './ledger.ts';
import type { AllHandlers } from './models.ts';
import { namespaceActions } from './namespaces.ts';
import { checkParameters } from './parameters/check.ts';
import { REQUESTS } from './parameters/requests.ts';
import { openRunning } from './running.ts';
import { openSettling } from './settling.ts';
import { openTimers } from './triggers/timers.ts';
import { triggerActions } from './triggers/triggers.ts';
import { openUrls } from './triggers/urls.ts';
import { openZips } from './zips.ts';

const VERSION = '2018-04-16';

/** The API of SCF, version 2018-04-16, with all that its books tell of: it runs, listens and fires again. */
export async function openScf(context: TencentContext): Promise<TencentService> {
  const desk = await openDesk(context);
  const handlers = handlersOf(desk);
  const { ledger, running, settling, asyncEvents, urls, timers, domains } = desk;
  return {
    name: 'scf',
    actions: Object.keys(REQUESTS),
    handle: async (call) => {
      if (call.version !== VERSION)
        throw new TencentError(
          'NoSuchVersion',
          `The version [${call.version}] does not exist; it is ${VERSION}.`,
        );
      checkRegion(call.region);
      const handler = handlers[call.action as keyof AllHandlers] as unknown as (
        request: JsonObject,
        from: typeof call,
      ) => JsonObject | Promise<JsonObject>;
      return handler(checkParameters(call), call);
    },
    close: async () => {
      timers.close();
      await asyncEvents.close();
      await settling.close();
      await Promise.all([urls.close(), domains.close()]);
      await running.close();
      await ledger.settled();
    },
  };
}

async function openDesk(context: TencentContext): Promise<Desk> {
  const { platform, now } = context;
  const ledger = openLedger(context.openStore<Books>('scf', EMPTY_BOOKS), now);
  platform.keepPackages(() => allDigests(ledger.books()));
  const zips = openZips({ folder: zipFolder(context), platform, named: () => allDigests(ledger.books()) });
  zips.sweep();
  await unpackAgain(context, ledger.books(), zips);
  const running = openRunning(context);
  const settling = openSettling({ context, ledger, zips, running });
  const invocations = openInvocations({ context, ledger, running });
  const asyncEvents = openAsyncEvents({ context, ledger, invocations });
  const urls = openUrls({ context, ledger, invocations });
  const timers = openTimers({ context, ledger, asyncEvents });
  const domains = await openDomains({ context, ledger, invocations });
  const desk: Desk = {
    context,
    ledger,
    zips,
    running,
    settling,
    invocations,
    asyncEvents,
    urls,
    timers,
    domains,
    downloadUrl: (digest) => downloadUrl(context, digest),
  };
  context.peers.functions = functionBooks(desk);
  context.peers.domains = { url: domains.url };
  await urls.sync();
  for (const { record: _, ...wanted } of allFunctions(ledger.books())) restart(desk, wanted);
  settling.resume();
  asyncEvents.resume();
  timers.sync();
  return desk;
}

/** What the platform does not have any more of what is active. */
async function unpackAgain(context: TencentContext, books: Books, zips: Desk['zips']): Promise<void> {
  for (const digest of new Set(allDigests(books))) {
    if (context.platform.packageFolder(digest) !== undefined) continue;
    await zips.unpack(digest).catch((error: unknown) => {
      context.onNotice(`a package cannot be unpacked: ${(error as Error).message}`);
    });
  }
}

function handlersOf(desk: Desk): AllHandlers {
  return {
    ...createActions(desk),
    ...showActions(desk),
    ...changeActions(desk),
    ...versionActions(desk),
    ...aliasActions(desk),
    ...namespaceActions(desk),
    ...layerActions(desk),
    ...concurrencyActions(desk),
    ...accountActions(desk),
    ...triggerActions(desk),
    ...invokeActions(desk),
    ...logActions(desk),
    ...domainActions(desk),
  };
}

function functionBooks({ ledger, invocations }: Desk): NonNullable<TencentContext['peers']['functions']> {
  const found = ({ region, namespace, name }: FunctionName) => {
    const functions = ledger.books().regions[region]?.namespaces[namespace]?.functions ?? {};
    return Object.hasOwn(functions, name) ? functions[name] : undefined;
  };
  return {
    find: (wanted) => {
      const record = found(wanted);
      return record === undefined ? undefined : { type: record.type, status: record.latest.status };
    },
    running: (wanted) => {
      const code = invocations.codeFor(wanted);
      return typeof code === 'string' ? undefined : code;
    },
    byId: (functionId) => {
      for (const { record, region, namespace, name } of allFunctions(ledger.books()))
        if (record.id === functionId) return { region, namespace, name };
      return undefined;
    },
    all: () =>
      [...allFunctions(ledger.books())].map(({ region, namespace, name, record }) => ({
        region,
        namespace,
        name,
        tags: record.tags,
      })),
    setTags: (wanted, tags) =>
      ledger.change(wanted, (draft) => {
        draft.tags = tags;
      }),
  };
}

function checkRegion(region: string): void {
  if (region === '') throw missing('Region');
  if (!/^(?:ap|na|eu|sa|me|af)-[a-z]+(?:-[a-z0-9]+)*$/.test(region))
    throw new TencentError('UnsupportedRegion', `The region [${region}] is not one of this service.`);
}
