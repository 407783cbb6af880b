import { dependents } from '../../config/project/graph.ts';
import type { ComponentEntry } from '../../config/project/load.ts';
import type { StateRecord } from '../state/store.ts';
import type { Change } from '../types.ts';
import { createHost, type EngineOptions, type Host } from './host.ts';
import { nowhere } from './place.ts';
import type { Report } from './report.ts';
import { type Outcome, walk } from './walk.ts';

export interface RemoveOptions extends EngineOptions {
  report: Report;
  takeChanges(alias: string): Change[];
}

/**
 * Removes components, what depends on another one first, independent ones at the same time. What is gone already is no
 * failure. `aliases` that have no record are left out.
 */
export async function removeRecords(
  options: RemoveOptions & { aliases: readonly string[]; host?: Host },
): Promise<Map<string, Outcome<void>>> {
  const { store, report, aliases } = options;
  const host = options.host ?? createHost(options);
  const records = new Map<string, StateRecord>();
  for (const alias of aliases) {
    const record = store.read(alias);
    if (record !== undefined) records.set(alias, record);
  }
  const nodes = [...records.values()].map(({ id, dependsOn }) => ({ alias: id, dependsOn }));
  const outcomes = await walk(dependents(nodes), async (alias) => {
    report.started(alias);
    const began = performance.now();
    const { outputs, component } = records.get(alias)!;
    try {
      await host.remove(await host.part(alias, component, nowhere(alias)));
    } catch (error) {
      report.failed(alias, error);
      throw error;
    }
    const changes = options.takeChanges(alias);
    report.done(alias, { action: 'removed', changes, outputs, secrets: [], ms: performance.now() - began });
  });
  for (const [alias, outcome] of outcomes)
    if (outcome.kind === 'skipped') report.skipped(alias, outcome.because);
  return outcomes;
}

/** Components that would have to be removed with one: those that depend on it. */
export function dependentsOf(
  entries: readonly Pick<ComponentEntry, 'alias' | 'dependsOn'>[],
  alias: string,
): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    for (const entry of entries) {
      if (!entry.dependsOn.includes(name) || found.has(entry.alias)) continue;
      found.add(entry.alias);
      add(entry.alias);
    }
  };
  add(alias);
  return [...found];
}
