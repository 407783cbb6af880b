import type { Graph } from '../../config/project/graph.ts';

/** How it went with one of many. */
export type Outcome<T> =
  | { kind: 'done'; value: T }
  | { kind: 'failed'; error: unknown }
  /** Something that it waits for did not come about. */
  | { kind: 'skipped'; because: string };

/**
 * Runs `run` for each name of a graph, at the same time where nothing stands against it: one begins when all that it waits for are
 * done. What failed leaves out only those that wait for it. Names that nobody has are not waited for. Never rejects.
 */
export async function walk<T>(
  waitsFor: Graph,
  run: (name: string) => Promise<T>,
): Promise<Map<string, Outcome<T>>> {
  const outcomes = new Map<string, Promise<Outcome<T>>>();
  const outcomeOf = (name: string): Promise<Outcome<T>> => {
    let outcome = outcomes.get(name);
    if (outcome === undefined) {
      // Set before anything is awaited: each runs once.
      outcome = start(name);
      outcomes.set(name, outcome);
    }
    return outcome;
  };
  const start = async (name: string): Promise<Outcome<T>> => {
    await Promise.resolve();
    for (const other of waitsFor.get(name)!) {
      if (!waitsFor.has(other) || other === name) continue;
      if ((await outcomeOf(other)).kind !== 'done') return { kind: 'skipped', because: other };
    }
    try {
      return { kind: 'done', value: await run(name) };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };
  const all = await Promise.all(
    [...waitsFor.keys()].map(async (name) => [name, await outcomeOf(name)] as const),
  );
  return new Map(all);
}
