import type { FunctionName } from '../context.ts';
import type { FunctionRecord } from './books.ts';
import type { Desk } from './desk.ts';
import { failed, invalid, limitExceeded } from './errors.ts';
import { provisionedMemory } from './functions/show.ts';
import { checkIdle, versionOf, wantedFunction } from './ledger.ts';
import type { Handlers, Request } from './models.ts';

/** MB that nobody can reserve. */
const COMMON_MB = 12_800;
const MOST_ACTIONS = 10;

export function concurrencyActions(
  desk: Desk,
): Handlers<
  | 'PutProvisionedConcurrencyConfig'
  | 'GetProvisionedConcurrencyConfig'
  | 'DeleteProvisionedConcurrencyConfig'
  | 'PutReservedConcurrencyConfig'
  | 'GetReservedConcurrencyConfig'
  | 'DeleteReservedConcurrencyConfig'
  | 'PutTotalConcurrencyConfig'
> {
  const { ledger, running } = desk;

  const setReserved = async (wanted: FunctionName, memory: number | undefined): Promise<void> => {
    await ledger.change(wanted, (draft) => {
      checkIdle(draft, wanted.name);
      delete draft.reserved;
      if (memory !== undefined) draft.reserved = memory;
    });
    // What runs has the limit that there was.
    running.retire(wanted);
    restart(desk, wanted);
  };

  return {
    PutProvisionedConcurrencyConfig: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const { Qualifier: version, VersionProvisionedConcurrencyNum: instances } = request;
      checkProvisioned(request);
      await ledger.change(wanted, (draft) => {
        const { configuration, status } = versionOf(draft, version);
        if (version === '$LATEST')
          throw invalid('Qualifier', '$LATEST cannot have provisioned concurrency: publish a version.');
        if (status !== 'Active')
          throw failed('FunctionVersionStatusNotActive', `The version [${version}] is in status ${status}.`);
        const most = draft.reserved ?? ledger.region(wanted.region).totalConcurrency - COMMON_MB;
        if (instances * configuration.memory > most)
          throw draft.reserved === undefined
            ? limitExceeded(
                'FunctionTotalProvisionedConcurrencyMemory',
                `Provisioned concurrency of ${most} MB at most.`,
              )
            : failed('ProvisionedExceedReserved', `The function has ${most} MB reserved.`);
        const actions = request.TriggerActions ?? draft.provisioned[version]?.actions ?? [];
        draft.provisioned[version] = { instances, actions };
      });
      running.retire(wanted, version);
      restart(desk, wanted);
      return {};
    },
    GetProvisionedConcurrencyConfig: (request, call) => {
      const wanted = wantedFunction(request, call);
      const record = ledger.find(wanted);
      const { Qualifier: version } = request;
      if (version !== undefined) versionOf(record, version);
      const found = Object.entries(record.provisioned).filter(
        ([name]) => version === undefined || name === version,
      );
      const { memory } = record.latest.configuration;
      const most = record.reserved ?? ledger.region(wanted.region).totalConcurrency - COMMON_MB;
      return {
        UnallocatedConcurrencyNum: Math.max(0, Math.floor((most - provisionedMemory(record)) / memory)),
        Allocated: found.map(([name, { instances, actions }]) => {
          const ready = Math.min(instances, readyOf(desk, wanted, record, name));
          return {
            Qualifier: name,
            AllocatedProvisionedConcurrencyNum: instances,
            AvailableProvisionedConcurrencyNum: ready,
            Status: ready < instances ? 'InProgress' : 'Done',
            StatusReason: '',
            TriggerActions: actions,
          };
        }),
      };
    },
    DeleteProvisionedConcurrencyConfig: async (request, call) => {
      const wanted = wantedFunction(request, call);
      await ledger.change(wanted, (draft) => {
        versionOf(draft, request.Qualifier);
        delete draft.provisioned[request.Qualifier];
      });
      running.retire(wanted, request.Qualifier);
      return {};
    },
    PutReservedConcurrencyConfig: async (request, call) => {
      const wanted = wantedFunction(request, call);
      const { ReservedConcurrencyMem: memory } = request;
      if (memory < 0) throw invalid('Memory', 'ReservedConcurrencyMem must not be negative.');
      const record = ledger.find(wanted);
      const others = reservedMemory(desk, wanted.region) - (record.reserved ?? 0);
      const most = ledger.region(wanted.region).totalConcurrency - COMMON_MB - others;
      if (memory > most) throw failed('ReservedExceedTotal', `${most} MB can be reserved.`);
      if (memory < provisionedMemory(record))
        throw failed(
          'ProvisionedExceedReserved',
          `The function has ${provisionedMemory(record)} MB provisioned.`,
        );
      await setReserved(wanted, memory);
      return {};
    },
    GetReservedConcurrencyConfig: (request, call) => {
      const { reserved = null } = ledger.find(wantedFunction(request, call));
      return { ReservedMem: reserved as number };
    },
    DeleteReservedConcurrencyConfig: async (request, call) => {
      await setReserved(wantedFunction(request, call), undefined);
      return {};
    },
    PutTotalConcurrencyConfig: async (request, { region }) => {
      const { TotalConcurrencyMem: memory } = request;
      ledger.namespace(region, request.Namespace ?? 'default');
      const least = reservedMemory(desk, region) + COMMON_MB;
      if (memory < least)
        throw limitExceeded('TotalConcurrencyMemory', `The quota must be ${least} MB at least.`);
      await ledger.changeRegion(region, (draft) => {
        draft.totalConcurrency = memory;
      });
      return {};
    },
  };
}

/** Starts what is provisioned, of all versions of a function. Failures show when something is called. */
export function restart({ ledger, running, context }: Desk, wanted: FunctionName): void {
  const record = ledger.find(wanted);
  for (const version of record.versions) {
    if (!Object.hasOwn(record.provisioned, version.version) || version.status !== 'Active') continue;
    try {
      running.get(wanted, record, version);
    } catch (error) {
      context.onNotice(`${wanted.name}:${version.version} is not started: ${(error as Error).message}`);
    }
  }
}

/** MB that functions of a region have reserved. */
export function reservedMemory({ ledger }: Desk, region: string): number {
  return Object.values(ledger.region(region).namespaces)
    .flatMap(({ functions }) => Object.values(functions))
    .reduce((sum, { reserved = 0 }) => sum + reserved, 0);
}

function readyOf(
  { running, context }: Desk,
  wanted: FunctionName,
  record: FunctionRecord,
  version: string,
): number {
  try {
    return running.get(wanted, record, versionOf(record, version)).instances().ready;
  } catch (error) {
    context.onNotice(`${wanted.name}:${version} cannot run: ${(error as Error).message}`);
    return 0;
  }
}

function checkProvisioned(request: Request<'PutProvisionedConcurrencyConfig'>): void {
  const {
    VersionProvisionedConcurrencyNum: instances,
    TriggerActions: actions = [],
    ProvisionedType: type,
  } = request;
  if (type !== undefined && type !== '' && type !== 'Default' && type !== 'ConcurrencyUtilizationTracking')
    throw invalid('ProvisionType', 'ProvisionedType must be Default or ConcurrencyUtilizationTracking.');
  if (instances < 0) throw invalid('Param', 'VersionProvisionedConcurrencyNum must not be negative.');
  if (actions.length > MOST_ACTIONS)
    throw limitExceeded('ProvisionTriggerAction', `${MOST_ACTIONS} TriggerActions at most.`);
  if (new Set(actions.map(({ TriggerName }) => TriggerName)).size < actions.length)
    throw invalid('ProvisionTriggerNameDuplicate', 'Two TriggerActions have the same name.');
}
