/** One package that another one needs. */
export interface Edge {
  name: string;
  /** Only this version, when the lock file has several. */
  version?: string;
  /** PEP 508. */
  marker?: string;
  extras?: string[];
}

/** So many ways to one package, and the condition is left out. */
const MANY_WAYS = 8;

/**
 * Follows the edges of a lock file. Returns for each package that is reached the marker under which it is
 * needed, `''` for always. `find`: the package at the end of an edge, and what it needs in turn.
 */
export function reached<Package>(
  roots: Edge[],
  find: (edge: Edge) => { package: Package; needs: Edge[] }[],
): Map<Package, string> {
  const ways = new Map<Package, Set<string>>();
  const followed = new Set<string>();
  const waiting: { edge: Edge; conditions: string[] }[] = roots.map((edge) => ({ edge, conditions: [] }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { edge } = next;
    const conditions = [...new Set([...next.conditions, ...(edge.marker ? [edge.marker] : [])])].toSorted();
    for (const { package: target, needs } of find(edge)) {
      const way = addWay(ways, target, conditions);
      const extras = (edge.extras ?? []).toSorted().join();
      const key = JSON.stringify([edge.name, edge.version, extras, way]);
      if (followed.has(key)) continue;
      followed.add(key);
      waiting.push(...needs.map((need) => ({ edge: need, conditions: way })));
    }
  }
  return new Map([...ways].map(([target, markers]) => [target, anyOf(markers)]));
}

/** Adds a way to a package; returns the conditions under which to go on, none once it is always needed. */
function addWay<Package>(ways: Map<Package, Set<string>>, target: Package, conditions: string[]): string[] {
  const known = ways.get(target) ?? new Set<string>();
  known.add(allOf(conditions));
  ways.set(target, known);
  if (!known.has('') && known.size <= MANY_WAYS) return conditions;
  known.add('');
  return [];
}

function allOf(conditions: string[]): string {
  return conditions.length < 2 ? (conditions[0] ?? '') : conditions.map((one) => `(${one})`).join(' and ');
}

function anyOf(markers: Set<string>): string {
  if (markers.has('')) return '';
  const [only = '', ...others] = markers;
  return others.length === 0 ? only : [...markers].map((one) => `(${one})`).join(' or ');
}
