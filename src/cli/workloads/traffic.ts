import { readTrace } from '../../insight/traffic/read-trace.ts';
import type { Arrivals } from '../../insight/traffic/types.ts';
import { routeMatcher } from '../../insight/workload/match-route.ts';
import type { Workload } from '../../insight/workload/types.ts';

/** The requests of a log or CSV, with the routes that were measured. */
export async function tracedArrivals(file: string, workload: Workload, seed: number): Promise<Arrivals> {
  const names = workload.routes.map(({ name }) => name);
  const arrivals = await readTrace({
    file,
    routeOf: routeMatcher(workload),
    routeNamed: (name) => names.indexOf(name),
    seed,
  });
  const unknown = arrivals.routes?.reduce((sum, route) => sum + (route === -1 ? 1 : 0), 0) ?? 0;
  if (unknown === 0) return arrivals;
  const share = Math.round((unknown / arrivals.at.length) * 1000) / 10;
  return {
    ...arrivals,
    notes: [
      ...arrivals.notes,
      `${unknown} requests (${share} %) are of no route that was measured: they count as the others' mix.`,
    ],
  };
}

/** How much of a trace's requests each route is; undefined: it does not tell routes. */
export function sharesIn({ routes }: Arrivals, workload: Workload): number[] | undefined {
  if (routes === undefined) return undefined;
  const counts = workload.routes.map(() => 0);
  for (const route of routes) if (route >= 0) counts[route]! += 1;
  return counts.some((count) => count > 0) ? counts : undefined;
}
