import type { Policy, SchedulerRules } from '../../../src/insight/simulate/types.ts';
import type { Arrivals } from '../../../src/insight/traffic/types.ts';
import type { Workload } from '../../../src/insight/workload/types.ts';
import { createIdleTimes } from '../../../src/platform/scheduler/idle-times.ts';
import { learn, worthStarting } from '../../../src/platform/scheduler/worth-starting.ts';

export const rules: SchedulerRules = { createIdleTimes, worthStarting, learn };

/** One route with these times. */
export function workloadOf(warmMs: number[], more: Partial<Workload> = {}): Workload {
  return {
    app: 'test',
    measured: 'a test',
    routes: [
      {
        name: 'GET /',
        method: 'GET',
        paths: ['/'],
        weight: 1,
        warmMs,
        firstMs: [],
        serverMs: [],
        billedMs: Math.ceil(warmMs[0] ?? 0),
        responseBytes: 100,
      },
    ],
    startMs: [],
    initMs: [],
    memoryLimitMb: 128,
    notes: [],
    ...more,
  };
}

export function policyOf(more: Partial<Policy> = {}): Policy {
  return {
    name: 'a policy',
    kind: 'function',
    scheduler: 'local',
    instances: 10,
    minInstances: 0,
    concurrency: 1,
    queueLength: 1e6,
    queueTimeoutMs: Infinity,
    keepAliveMs: 60_000,
    startsAtOnce: Infinity,
    cheapStarts: false,
    startsPer10s: 1000,
    cores: Infinity,
    memoryMb: 128,
    ...more,
  };
}

/** Workers that are always there. */
export function workers(count: number): Policy {
  return policyOf({ instances: count, minInstances: count, keepAliveMs: Infinity, startsAtOnce: 0 });
}

export function arrivalsAt(seconds: number[]): Arrivals {
  return { from: 'a test', at: Float64Array.from(seconds), seconds: (seconds.at(-1) ?? 0) + 1, notes: [] };
}

/** The quantiles of an exponential distribution, as samples. */
export function exponentialTimes(mean: number, count = 20_000): number[] {
  return Array.from({ length: count }, (_, index) => -Math.log(1 - (index + 0.5) / count) * mean);
}
