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
  const routes = new Map<string, Gathered>();
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
    },
    workload: (about) => {
      if (routes.size === 0) return undefined;
      const initMs = init.values();
      // A start that nobody else stood in front of: what it takes beyond loading.
      const others = beyond.values().sort((a, b) => a - b);
      const boot = others[Math.floor(others.length * LOW_SHARE)] ?? 0;
      return {
        ...about,
        routes: [...routes].map(([name, gathered]) => routeLoad(name, gathered)),
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
