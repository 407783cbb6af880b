import type { Desk } from './desk.ts';
import { reservedMemory } from './concurrency.ts';
import { provisionedMemory } from './functions/show.ts';
import type { Handlers } from './models.ts';
import { MOST_NAMESPACES } from './namespaces.ts';

/** Triggers of one kind that a function may have. */
export const MOST_TRIGGERS = 10;

const KINDS = ['Apigw', 'Ckafka', 'Clb', 'Cls', 'Cm', 'Cmq', 'Cos', 'Eb', 'Mps', 'Timer', 'Vod'] as const;

export function accountActions(desk: Desk): Handlers<'GetAccount'> {
  return {
    GetAccount: (_request, { region }) => {
      const { namespaces, totalConcurrency } = desk.ledger.region(region);
      const perNamespace = Object.entries(namespaces);
      const trigger = Object.fromEntries([
        ...KINDS.map((kind) => [kind, MOST_TRIGGERS]),
        ['Total', KINDS.length * MOST_TRIGGERS],
      ]) as Record<(typeof KINDS)[number] | 'Total', number>;
      return {
        AccountUsage: {
          NamespacesCount: perNamespace.length,
          Namespace: perNamespace.map(([name, { functions }]) => {
            const records = Object.values(functions);
            return {
              Namespace: name,
              Functions: Object.keys(functions),
              FunctionsCount: records.length,
              TotalConcurrencyMem: 0,
              TotalAllocatedConcurrencyMem: records.reduce((sum, { reserved = 0 }) => sum + reserved, 0),
              TotalAllocatedProvisionedMem: records.reduce(
                (sum, record) => sum + provisionedMemory(record),
                0,
              ),
            };
          }),
          TotalConcurrencyMem: totalConcurrency,
          TotalAllocatedConcurrencyMem: reservedMemory(desk, region),
          UserConcurrencyMemLimit: totalConcurrency,
        },
        AccountLimit: {
          NamespacesCount: MOST_NAMESPACES,
          Namespace: perNamespace.map(([name]) => ({
            Namespace: name,
            FunctionsCount: 50,
            TimeoutLimit: 900,
            InitTimeoutLimit: 300,
            TestModelLimit: 20,
            RetryNumLimit: 2,
            MinMsgTTL: 60,
            MaxMsgTTL: 21_600,
            ConcurrentExecutions: 100,
            Trigger: trigger,
          })),
        },
      };
    },
  };
}
