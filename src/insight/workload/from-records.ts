import { foldRoutes } from './fold-routes.ts';
import { createReservoir, type Reservoir } from './reservoir.ts';
import type { RouteLoad, Workload } from './types.ts';

/** What is needed of an invocation record. Times in milliseconds, memory in MB. */
export interface RecordedRequest {
  route: string;
  method: string;
  start: 'cold' | 'warm' | 'none';
  failed: boolean;
  queueMs: number;
  initMs?: number;
  durationMs: number;
  totalMs: number;
  memoryMb?: number;
  memoryLimitMb: number;
  responseBytes: number;
}

export interface RecordsWorkload {
  add(request: RecordedRequest): void;
  /** Undefined when nothing was served. */
  workload(about: { app: string; measured: string }): Workload | undefined;
}

/** Starts that are looked at to tell what of their time was loading, and what else a start takes. */
const LOW_SHARE = 0.1;

/** Gathers records, in bounded memory, into what was measured of an app. */
export function gatherRecords(): RecordsWorkload {
  let routes = new Map<string, Gathered>();
  const init = createReservoir();
  const beyond = createReservoir();
  let failed = 0;
  let memoryLimitMb = 0;
  return {
    add: (request) => {
      if (request.start === 'none' || request.failed) {
        failed += 1;
        return;
      }
      memoryLimitMb = Math.max(memoryLimitMb, request.memoryLimitMb);
      if (request.start === 'cold') {
        init.add(request.initMs ?? 0);
        beyond.add(Math.max(0, request.queueMs - (request.initMs ?? 0)));
      }
      let route = routes.get(request.route);
      if (route === undefined) routes.set(request.route, (route = newRoute(request)));
      addTo(route, request);
      if (routes.size > MOST_ROUTES) routes = folded(routes);
    },
    workload: (about) => {
      if (routes.size === 0) return undefined;
      const initMs = init.values();
      // A start that nobody else stood in front of: what it takes beyond loading.
      const others = beyond.values().sort((a, b) => a - b);
      const boot = others[Math.floor(others.length * LOW_SHARE)] ?? 0;
      return {
        ...about,
        routes: [...folded(routes)].map(([name, gathered]) => routeLoad(name, gathered)),
        startMs: initMs.map((ms) => ms + boot),
        initMs,
        memoryLimitMb,
        notes: [
          ...(failed === 0 ? [] : [`${failed} failed requests are left out.`]),
          ...(initMs.length === 0
            ? ['There is no cold start in the records: they are counted as nothing.']
            : []),
        ],
      };
    },
  };
}

/** More are folded at once, so that a log full of ids does not fill the memory. */
const MOST_ROUTES = 400;

function folded(routes: Map<string, Gathered>): Map<string, Gathered> {
  const names = foldRoutes(new Map([...routes].map(([name, { count }]) => [name, count])));
  const result = new Map<string, Gathered>();
  for (const [name, gathered] of routes) {
    const to = names.get(name)!;
    const before = result.get(to);
    if (before === undefined) result.set(to, gathered);
    else merge(before, gathered);
  }
  return result;
}

function merge(into: Gathered, from: Gathered): void {
  into.count += from.count;
  into.billedMs += from.billedMs;
  into.bytes += from.bytes;
  if (from.peakMb !== undefined) into.peakMb = Math.max(into.peakMb ?? 0, from.peakMb);
  for (const value of from.warm.values()) into.warm.add(value);
  for (const value of from.first.values()) into.first.add(value);
}

interface Gathered {
  method: string;
  count: number;
  billedMs: number;
  bytes: number;
  peakMb: number | undefined;
  warm: Reservoir;
  first: Reservoir;
}

function newRoute({ method }: RecordedRequest): Gathered {
  return {
    method,
    count: 0,
    billedMs: 0,
    bytes: 0,
    peakMb: undefined,
    warm: createReservoir(),
    first: createReservoir(),
  };
}

function addTo(route: Gathered, request: RecordedRequest): void {
  route.count += 1;
  route.billedMs += Math.ceil(request.durationMs);
  route.bytes += request.responseBytes;
  if (request.memoryMb !== undefined) route.peakMb = Math.max(route.peakMb ?? 0, request.memoryMb);
  const held = Math.max(request.durationMs, request.totalMs - request.queueMs);
  (request.start === 'cold' ? route.first : route.warm).add(held);
}

function routeLoad(name: string, gathered: Gathered): RouteLoad {
  const { method, count, billedMs, bytes, peakMb } = gathered;
  const firstMs = gathered.first.values();
  const warmMs = gathered.warm.values();
  return {
    name,
    method,
    paths: [name.replace(/^[A-Z]+ /, '')],
    weight: count,
    // A route that was only ever asked cold has nothing better.
    warmMs: warmMs.length > 0 ? warmMs : firstMs,
    firstMs,
    serverMs: [],
    billedMs: billedMs / count,
    ...(peakMb === undefined ? {} : { peakMemoryMb: peakMb }),
    responseBytes: bytes / count,
  };
}
