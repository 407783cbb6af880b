import { isDeepStrictEqual } from 'node:util';

import type { Values } from '../component.ts';
import { deployOrder } from '../../config/project/graph.ts';
import { isMasked, withoutSecrets } from '../state/secrets.ts';
import type { StateRecord } from '../state/store.ts';
import type { Change } from '../types.ts';
import { type DeployOptions, goneFrom } from './deploy.ts';
import { createHost } from './host.ts';
import { noteSecrets, placeOf, type SecretOutputs } from './place.ts';

/** What a deployment would do with one component. */
export interface PlannedComponent {
  alias: string;
  component: string;
  /** `ask`: only its own `default` can tell. */
  action: 'create' | 'update' | 'nothing' | 'remove' | 'ask';
  changes: Change[];
  /** Inputs that differ from the last deployment; secrets are not shown. */
  inputs: { path: string; from?: string; to?: string }[];
  /** Aliases whose outputs are not known yet. */
  waitsFor: string[];
}

/** Changes nothing. Throws what a deployment would throw before it calls anything. */
export async function planAll(options: DeployOptions): Promise<PlannedComponent[]> {
  const { entries, store } = options;
  const host = createHost(options);
  const secrets: SecretOutputs = new Map();
  const planned = new Map<string, PlannedComponent>();
  for (const entry of deployOrder(entries).flat()) {
    const record = store.read(entry.alias);
    const open = entry.dependsOn.filter((other) => store.read(other)?.status !== 'deployed');
    const isOpen = open.length > 0;
    const inputs = isOpen ? entry.inputs : options.resolve(entry, (other) => store.read(other)?.outputs);
    const place = placeOf(entry, !isOpen, secrets);
    const part = await host.part(entry.alias, entry.component, place);
    noteSecrets(secrets, entry.alias, part.type);
    const changes = isOpen ? undefined : await host.plan(part, inputs, place);
    const differences = differencesOf(record, inputs, (path) => place.isSecret(path));
    const moved = entry.dependsOn.filter((other) => (planned.get(other)?.action ?? 'nothing') !== 'nothing');
    planned.set(entry.alias, {
      alias: entry.alias,
      component: entry.component,
      action: actionOf(record, changes, moved),
      changes: changes ?? [],
      inputs: differences,
      waitsFor: open,
    });
  }
  const removals = goneFrom(options).map((alias): PlannedComponent => {
    const { component } = store.read(alias)!;
    return { alias, component, action: 'remove', changes: [], inputs: [], waitsFor: [] };
  });
  return [...planned.values(), ...removals];
}

function actionOf(
  record: StateRecord | undefined,
  changes: Change[] | undefined,
  moved: string[],
): PlannedComponent['action'] {
  if (record === undefined) return 'create';
  if (changes === undefined) return 'ask';
  if (changes.length > 0 || record.status !== 'deployed') return 'update';
  return moved.length > 0 ? 'ask' : 'nothing';
}

function differencesOf(
  record: StateRecord | undefined,
  inputs: Values,
  isSecret: (path: (string | number)[]) => boolean,
): PlannedComponent['inputs'] {
  if (record === undefined) return [];
  const now = withoutSecrets(inputs, isSecret, record.salt);
  return compare(record.inputs, now, []);
}

function compare(from: unknown, to: unknown, path: string[]): PlannedComponent['inputs'] {
  if (isDeepStrictEqual(from, to)) return [];
  if (isPlain(from) && isPlain(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => compare(from[key], to[key], [...path, key]));
  }
  return [
    {
      path: path.join('.'),
      ...(from === undefined ? {} : { from: shown(from) }),
      ...(to === undefined ? {} : { to: shown(to) }),
    },
  ];
}

function isPlain(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMasked(value);
}

function shown(value: unknown): string {
  if (isMasked(value)) return '(secret)';
  return JSON.stringify(value, (_, inside: unknown) => (isMasked(inside) ? '(secret)' : inside)) ?? 'nothing';
}
