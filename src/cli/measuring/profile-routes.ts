import { growthPerSample } from '../../insight/profile/growth.ts';
import { median } from '../../insight/stats/quantile.ts';
import type { RouteProfile } from '../../insight/types.ts';
import { instanceMemory } from '../../platform/instances/memory.ts';
import { startInstance } from '../../platform/instances/start.ts';
import type { FunctionSpec } from '../../platform/types.ts';
import { type Called, callInstance } from './calls.ts';
import { cpuMs } from './process-figures.ts';
import type { RepeatableRequest } from './requests.ts';

export interface RouteOptions {
  /** Fresh instances: the first request of each is measured. */
  runs: number;
  /** Requests to the last of them, one after another. */
  count: number;
}

/** How a fresh instance loaded, without a request. Times in ms, memory in MB. */
export interface Loading {
  totalMs: number;
  runtimeMs: number;
  memoryMb: number | undefined;
}

/** Seconds that the warm requests of a route may take: of a slow one there are fewer. */
const WARM_SECONDS = 5;
const KILOBYTES = 1024;

/** Measures a request in instances that serve nothing else. Rejects when the app does not load. */
export async function profileRoute(
  spec: FunctionSpec,
  request: RepeatableRequest,
  { runs, count }: RouteOptions,
): Promise<{ profile: Omit<RouteProfile, 'lateImports'>; loadings: Loading[] }> {
  const loadings: Loading[] = [];
  const firsts: Called[] = [];
  const loaded: number[] = [];
  const peaks: number[] = [];
  let warm: Warm = { times: [], memory: [], cpuMs: 0, bytes: 0 };
  for (let run = 1; run <= runs; run += 1) {
    const started = performance.now();
    const instance = startInstance(spec);
    try {
      const { initMs } = await instance.ready;
      const totalMs = performance.now() - started;
      const memory = instanceMemory(instance);
      loadings.push({ totalMs, runtimeMs: Math.max(0, totalMs - initMs), memoryMb: memory?.now });
      if (memory !== undefined) loaded.push(memory.now);
      const first = await callInstance(instance, spec, request);
      firsts.push(first);
      if (run === runs && first.failed === undefined) {
        warm = await warmRequests(instance, spec, request, count);
      }
      const after = instanceMemory(instance);
      if (after !== undefined) peaks.push(after.peak);
    } finally {
      await instance.stop();
    }
  }
  const failed = firsts.find((first) => first.failed !== undefined)?.failed ?? warm.failed;
  return {
    loadings,
    profile: {
      request: request.name,
      ...(request.route === undefined ? {} : { route: request.route }),
      firstMs: rounded(median(firsts.map(({ ms }) => ms))),
      warmMs: rounded(median(warm.times)),
      cpuMs: rounded(warm.cpuMs),
      loadedMb: rounded(median(loaded)),
      peakMb: rounded(Math.max(0, ...peaks)),
      growthKbPerRequest: rounded(growthPerSample(warm.memory) * KILOBYTES),
      responseBytes: Math.max(warm.bytes, ...firsts.map(({ bytes }) => bytes)),
      ...(failed === undefined ? {} : { failed }),
    },
  };
}

interface Warm {
  times: number[];
  /** MB after each request. */
  memory: number[];
  cpuMs: number;
  bytes: number;
  failed?: string;
}

async function warmRequests(
  instance: ReturnType<typeof startInstance>,
  spec: FunctionSpec,
  request: RepeatableRequest,
  count: number,
): Promise<Warm> {
  const times: number[] = [];
  const memory: number[] = [];
  let bytes = 0;
  const until = performance.now() + WARM_SECONDS * 1000;
  const before = cpuMs(instance);
  while (times.length < count && (times.length < 3 || performance.now() < until)) {
    const called = await callInstance(instance, spec, request);
    if (called.failed !== undefined) return { times, memory, cpuMs: 0, bytes, failed: called.failed };
    times.push(called.ms);
    bytes = Math.max(bytes, called.bytes);
    const now = instanceMemory(instance);
    if (now !== undefined) memory.push(now.now);
  }
  const after = cpuMs(instance);
  const used = before === undefined || after === undefined ? 0 : (after - before) / times.length;
  return { times, memory, cpuMs: used, bytes };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
