import { RopewayError } from '../../lib/errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { waitingTexts } from './references.ts';
import type { ComponentEntry } from './types.ts';

/** Aliases of components, each with those of others. */
export type Graph = Map<string, ReadonlySet<string>>;

/** Throws UNKNOWN_REFERENCE for an alias that there is not, CYCLE when components wait for one another. */
export function checkGraph(components: readonly ComponentEntry[]): void {
  const byAlias = new Map(components.map((entry) => [entry.alias, entry]));
  for (const entry of components) {
    const missing = entry.dependsOn.find((alias) => !byAlias.has(alias));
    if (missing !== undefined) throw unknownAlias(missing, [...byAlias.keys()], placeOf(entry, missing));
  }
  const cycle = findCycle(components, byAlias);
  if (cycle !== undefined) throw circle(cycle);
}

/** As far as a graph looks at components: those of a file, or of a state. */
type Node = Pick<ComponentEntry, 'alias' | 'dependsOn'>;

/** What each component needs to be there before it: an engine may begin with all whose needs are met, side by side. */
export function dependencies(components: readonly Node[]): Graph {
  return new Map(components.map(({ alias, dependsOn }) => [alias, new Set(dependsOn)]));
}

/** Who needs each component: those are removed before it. */
export function dependents(components: readonly Node[]): Graph {
  const graph = new Map(components.map(({ alias }) => [alias, new Set<string>()]));
  for (const { alias, dependsOn } of components)
    for (const needed of dependsOn) graph.get(needed)?.add(alias);
  return graph;
}

/** For plans and for people: each row needs nothing but rows before it. Of a graph that has been checked. */
export function deployOrder(components: readonly ComponentEntry[]): ComponentEntry[][] {
  const rows: ComponentEntry[][] = [];
  const done = new Set<string>();
  let rest = [...components];
  while (rest.length > 0) {
    const row = rest.filter(({ dependsOn }) => dependsOn.every((alias) => done.has(alias)));
    if (row.length === 0) throw new Error('the graph has not been checked');
    rows.push(row);
    for (const { alias } of row) done.add(alias);
    rest = rest.filter((entry) => !done.has(entry.alias));
  }
  return rows;
}

/** `dependsOn` of the file that names no component of it. */
export function unknownAlias(alias: string, known: string[], place: string): RopewayError {
  const meant = nearest(alias, known);
  return new RopewayError({
    code: 'UNKNOWN_REFERENCE',
    message: `${place}: there is no component \`${alias}\`.`,
    expected: `one of ${known.join(', ')}`,
    ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
  });
}

/** The components of a circle, each needing the next, the last one the first; undefined: there is none. */
function findCycle(
  components: readonly ComponentEntry[],
  byAlias: ReadonlyMap<string, ComponentEntry>,
): ComponentEntry[] | undefined {
  const done = new Set<ComponentEntry>();
  for (const start of components) {
    // A stack of its own: a chain may be longer than the one that calls have.
    const way: { entry: ComponentEntry; next: number }[] = done.has(start) ? [] : [{ entry: start, next: 0 }];
    const onWay = new Set(way.map(({ entry }) => entry));
    while (way.length > 0) {
      const step = way.at(-1)!;
      const alias = step.entry.dependsOn[step.next];
      const needed = alias === undefined ? undefined : byAlias.get(alias);
      step.next += 1;
      if (needed === undefined) {
        way.pop();
        onWay.delete(step.entry);
        done.add(step.entry);
      } else if (onWay.has(needed)) {
        const entries = way.map(({ entry }) => entry);
        return entries.slice(entries.indexOf(needed));
      } else if (!done.has(needed)) {
        way.push({ entry: needed, next: 0 });
        onWay.add(needed);
      }
    }
  }
  return undefined;
}

function circle(cycle: ComponentEntry[]): RopewayError {
  const next = (index: number): string => cycle[(index + 1) % cycle.length]!.alias;
  const way = [...cycle, cycle[0]!].map(({ alias }) => alias).join(' → ');
  const lines = cycle.map(
    (entry, index) => `${placeOf(entry, next(index))}: ${entry.alias} needs ${next(index)}`,
  );
  return new RopewayError({
    code: 'CYCLE',
    message: `Components wait for one another in a circle: ${way}`,
    detail: lines.join('\n'),
    fix: 'take one of these references, or a dependsOn, out',
  });
}

/** Where a component refers to another; the component itself when it says so by `dependsOn`. */
function placeOf(entry: ComponentEntry, alias: string): string {
  const text = waitingTexts(entry).find(({ parts }) =>
    parts.some((part) => typeof part === 'object' && part.alias === alias),
  );
  return entry.where(text?.path ?? []);
}
