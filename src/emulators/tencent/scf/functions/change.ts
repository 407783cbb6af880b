import type { FunctionRecord } from '../books.ts';
import { CODE_LIMITS, takeCode } from '../code-source.ts';
import { checkHandler, configure, tagsOf } from '../configuration.ts';
import type { Desk } from '../desk.ts';
import { invalid } from '../errors.ts';
import { checkIdle, wantedFunction } from '../ledger.ts';
import type { Handlers, Request } from '../models.ts';
import { removeGatewayTriggers } from '../triggers/gateway.ts';
import { deleteVersion } from './versions.ts';

export function changeActions(
  desk: Desk,
): Handlers<'UpdateFunctionCode' | 'UpdateFunctionConfiguration' | 'DeleteFunction'> {
  const { context, ledger, settling, running, urls, timers, zips } = desk;

  /** It is Updating from then on, and falls back to what it was when that fails. */
  const update = async (
    wanted: Parameters<typeof ledger.change>[0],
    publishes: boolean,
    change: (draft: FunctionRecord) => void,
  ): Promise<void> => {
    await ledger.change(wanted, (draft) => {
      checkIdle(draft, wanted.name);
      const { code, configuration } = draft.latest;
      change(draft);
      const { reasons: _, ...rest } = draft.latest;
      draft.latest = {
        ...rest,
        reasons: [],
        status: 'Updating',
        modTime: context.now(),
        before: { code, configuration },
        ...(publishes ? { publishes: true } : {}),
      };
    });
    settling.begin(wanted);
  };

  return {
    UpdateFunctionCode: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const record = ledger.find(wanted);
      checkIdle(record, wanted.name);
      const handler =
        request.Handler === undefined
          ? undefined
          : checkHandler(request.Handler, record.runtime, record.type);
      const code = await takeCode(desk, codeOf(request), CODE_LIMITS.update);
      await update(wanted, request.Publish === 'TRUE', ({ latest }) => {
        latest.code = code;
        if (handler !== undefined) latest.configuration = { ...latest.configuration, handler };
      });
      return {};
    },
    UpdateFunctionConfiguration: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const { runtime, type } = ledger.find(wanted);
      if (request.Runtime !== undefined && request.Runtime !== runtime)
        throw invalid('Runtime', `The runtime cannot be changed: it is ${runtime}.`);
      await update(wanted, request.Publish === 'TRUE', (draft) => {
        const { Handler: handler, Tags: tags } = request as Partial<Request<'CreateFunction'>>;
        if (tags !== undefined) draft.tags = tagsOf(tags);
        draft.latest.configuration = configure(draft.latest.configuration, request, {
          region: ledger.region(wanted.region),
          type,
        });
        if (handler !== undefined) draft.latest.configuration.handler = checkHandler(handler, runtime, type);
      });
      return {};
    },
    DeleteFunction: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const record = ledger.find(wanted);
      if (request.Qualifier !== undefined && request.Qualifier !== '') {
        await deleteVersion(desk, wanted, request.Qualifier);
        return {};
      }
      if (record.latest.status !== 'CreateFailed') checkIdle(record, wanted.name);
      await removeGatewayTriggers(desk, wanted, record);
      await ledger.changeRegion(wanted.region, ({ namespaces }) => {
        delete namespaces[wanted.namespace]!.functions[wanted.name];
      });
      running.retire(wanted);
      await urls.sync();
      timers.sync();
      zips.sweep();
      return {};
    },
  };
}

/** The old form has the parts of `Code` beside the others. */
function codeOf({
  Code,
  ZipFile,
  CosBucketName,
  CosObjectName,
  CosBucketRegion,
}: Request<'UpdateFunctionCode'>): NonNullable<Request<'UpdateFunctionCode'>['Code']> {
  if (Code !== undefined) return Code;
  const given = Object.entries({ ZipFile, CosBucketName, CosObjectName, CosBucketRegion });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ''));
}
