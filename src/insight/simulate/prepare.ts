import { quantile, sorted } from '../stats/quantile.ts';
import type { SimulateOptions } from './types.ts';

/** Traffic and times in the form in which a simulation reads them. Times in milliseconds. */
export interface Prepared {
  /** Seconds. */
  at: Float64Array;
  routes: Int16Array | undefined;
  totalMs: number;
  /** Shares of the routes, added up, for requests of which the route is not known. */
  mix: Float64Array;
  times: PreparedRoute[];
  server: PreparedRoute[];
  start: Float64Array;
  init: Float64Array;
}

/** Sorted times. */
export interface PreparedRoute {
  warm: Float64Array;
  first: Float64Array;
  billedMs: number;
  cpuShare: number;
}

export function prepare({ workload, arrivals, mix, cpuShare = () => 1 }: SimulateOptions): Prepared {
  const { routes } = workload;
  const times = routes.map((route) => {
    const warm = sorted(route.warmMs);
    const first = route.firstMs.length > 0 ? sorted(route.firstMs) : warm;
    return { warm, first, billedMs: route.billedMs, cpuShare: share(cpuShare(route.name)) };
  });
  return {
    at: arrivals.at,
    routes: arrivals.routes,
    totalMs: arrivals.seconds * 1000,
    mix: addedUp(mix ?? routes.map(({ weight }) => weight)),
    times,
    // What was not measured on a server takes as long as in the function.
    server: times.map((route, index) => {
      const served = routes[index]!.serverMs;
      return served.length === 0 ? route : { ...route, warm: sorted(served), first: sorted(served) };
    }),
    start: sorted(workload.startMs),
    init: sorted(workload.initMs),
  };
}

/** The value that `chance` (0 to 1) of them do not exceed; in between in proportion. 0 of none. */
export function drawn(values: Float64Array, chance: number): number {
  return values.length === 1 ? values[0]! : quantile(values, chance);
}

/** The first place whose sum is above `chance` of the whole. */
export function placeOf(sums: Float64Array, chance: number): number {
  const wanted = chance * sums[sums.length - 1]!;
  let place = 0;
  while (place < sums.length - 1 && sums[place]! <= wanted) place += 1;
  return place;
}

function addedUp(weights: number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
