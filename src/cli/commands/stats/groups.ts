import type { InvocationRecord } from '../../../platform/types.ts';
import { Group } from './group.ts';
import type { StatsOptions } from './options.ts';
import { routeName } from './route-name.ts';

/** Groups that are told; the smaller ones are one. */
const MAX_GROUPS = 50;

export const OTHER = '(other)';

export interface NamedGroup {
  /** '' of the group `(other)`. */
  function: string;
  /** The route, version (`v3`) or status; '' of a function; `(other)`. */
  name: string;
  group: Group;
}

export interface Groups {
  add(record: InvocationRecord): void;
  /** The group with the most requests first, `(other)` last. */
  list(): NamedGroup[];
}

/**
 * Gathers requests in groups. There are never more than twice `most` at once: then the smaller half goes to `(other)`,
 * where requests of a group may have gone that is told.
 */
export function createGroups(by: StatsOptions['by'], most: number = MAX_GROUPS): Groups {
  let groups = new Map<string, NamedGroup>();
  let other: Group | undefined;

  const shrink = (): NamedGroup[] => {
    const sorted = [...groups].sort(([, a], [, b]) => b.group.count - a.group.count);
    for (const [, { group }] of sorted.slice(most)) (other ??= new Group()).merge(group);
    groups = new Map(sorted.slice(0, most));
    return [...groups.values()];
  };

  return {
    add: (record) => {
      const name = NAMES[by](record);
      const key = `${record.function}\n${name}`;
      let named = groups.get(key);
      if (named === undefined) {
        if (groups.size === 2 * most) shrink();
        named = { function: record.function, name, group: new Group() };
        groups.set(key, named);
      }
      named.group.add(record);
    },
    list: () => {
      const told = shrink();
      return other === undefined ? told : [...told, { function: '', name: OTHER, group: other }];
    },
  };
}

const NAMES: Record<StatsOptions['by'], (record: InvocationRecord) => string> = {
  route: routeName,
  function: () => '',
  version: ({ version }) => `v${version}`,
  status: ({ status }) => String(status),
};
