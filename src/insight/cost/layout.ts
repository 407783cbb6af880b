import type { RouteLoad, Workload } from '../workload/types.ts';
import type { FunctionOffer } from './offers.ts';

/** A function with its memory, and what goes to it. */
export interface FunctionShape {
  name: string;
  memoryMb: number;
  routes: { route: RouteLoad; share: number }[];
}

export interface LayoutOptions {
  workload: Workload;
  /** Share of each route in all requests, adding up to 1. */
  shares: number[];
  /** Memory of every function in MB; default: what its routes were seen to need, and a quarter more. */
  memoryMb?: number;
}

/** What is added to the highest memory that was seen: the next request may need more. */
const HEADROOM = 1.25;

/** All routes in one function, which has the memory that its heaviest route needs. */
export function oneFunction(offer: FunctionOffer, options: LayoutOptions): FunctionShape[] {
  const routes = withShares(options);
  return [{ name: 'app', memoryMb: memoryFor(offer, routes, options), routes }];
}

/** A function for each size of memory that routes need, so that the light ones do not pay for the heavy ones. */
export function splitByMemory(offer: FunctionOffer, options: LayoutOptions): FunctionShape[] {
  const bySize = new Map<number, FunctionShape['routes']>();
  for (const one of withShares(options)) {
    const size = coarse(memoryFor(offer, [one], options));
    bySize.set(size, [...(bySize.get(size) ?? []), one]);
  }
  return [...bySize.values()]
    .map((routes) => ({ name: '', memoryMb: memoryFor(offer, routes, options), routes }))
    .sort((a, b) => a.memoryMb - b.memoryMb)
    .map((shape) => ({ ...shape, name: `app-${shape.memoryMb}` }));
}

/** The smallest memory of the offer that holds so much. */
export function nextSize({ memory: { sizes = [], least, most, step } }: FunctionOffer, mb: number): number {
  const small = sizes.filter((size) => size >= mb);
  if (small.length > 0) return Math.min(...small);
  return Math.min(most, Math.max(least, Math.ceil(mb / step) * step));
}

function withShares({ workload, shares }: LayoutOptions): FunctionShape['routes'] {
  return workload.routes
    .map((route, index) => ({ route, share: shares[index]! }))
    .filter(({ share }) => share > 0);
}

function memoryFor(offer: FunctionOffer, routes: FunctionShape['routes'], options: LayoutOptions): number {
  if (options.memoryMb !== undefined) return nextSize(offer, options.memoryMb);
  const peaks = routes.map(({ route }) => route.peakMemoryMb).filter((peak) => peak !== undefined);
  // A route whose memory nobody knows gets what it was measured with.
  const known = peaks.length === routes.length && routes.length > 0;
  return nextSize(offer, known ? Math.max(...peaks) * HEADROOM : options.workload.memoryLimitMb);
}

/** Sizes a step of 64 MB apart are one function: two would cost more in cold starts than they save. */
function coarse(mb: number): number {
  return Math.ceil(mb / 64);
}
