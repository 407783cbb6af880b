import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { simulate } from '../../../src/insight/simulate/simulate.ts';
import type { Policy } from '../../../src/insight/simulate/types.ts';
import type { SimulatedPolicy } from '../../../src/insight/types.ts';
import { arrivalsAt, policyOf, rules, workers, workloadOf } from './helpers.ts';

const STARTS = { startMs: [200, 250, 400], initMs: [150, 200, 300] };

function outcome(at: number[], policy: Policy, warmMs: number[] = [50], cpu = 1): SimulatedPolicy {
  const result = simulate({
    workload: workloadOf(warmMs, STARTS),
    arrivals: arrivalsAt(at),
    policies: [policy],
    rules,
    seed: 3,
    cpuShare: () => cpu,
  });
  return result.policies[0]!;
}

const moments = fc
  .array(fc.oneof(fc.double({ min: 0, max: 30, noNaN: true }), fc.constantFrom(0, 5, 5.001)), {
    minLength: 1,
    maxLength: 120,
  })
  .map((list) => list.sort((a, b) => a - b));

const policies = fc
  .record({
    scheduler: fc.constantFrom('local' as const, 'cloud' as const),
    instances: fc.integer({ min: 1, max: 8 }),
    minInstances: fc.integer({ min: 0, max: 3 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    queueLength: fc.constantFrom(0, 1, 5, 1000),
    queueTimeoutMs: fc.constantFrom(100, 5000, Infinity),
    keepAliveMs: fc.constantFrom('auto' as const, 0, 300, 60_000, Infinity),
    startsAtOnce: fc.constantFrom(1, 2, Infinity),
    cheapStarts: fc.boolean(),
    startsPer10s: fc.constantFrom(1, 1000),
    cores: fc.constantFrom(0.5, 1, 2, Infinity),
  })
  .map((some) => policyOf({ ...some, minInstances: Math.min(some.minInstances, some.instances) }));

describe('simulate', () => {
  it('loses no request: each is served, turned away, or gave up', () => {
    fc.assert(
      fc.property(moments, policies, fc.double({ min: 0, max: 1, noNaN: true }), (at, policy, cpu) => {
        const one = outcome(at, policy, [5, 50, 700], cpu);
        expect(one.served + one.throttled + one.timedOut).toBe(at.length);
        expect(one.routes.reduce((sum, { served }) => sum + served, 0)).toBe(one.served);
        expect(one.cold).toBeLessThanOrEqual(one.served);
      }),
      { numRuns: 300 },
    );
  });

  it('never has more instances than it may, nor fewer than are kept ready', () => {
    fc.assert(
      fc.property(moments, policies, (at, policy) => {
        const { instances, utilisation } = outcome(at, policy);
        expect(instances.peak).toBeLessThanOrEqual(policy.instances);
        for (const { instances: there, busy } of instances.series) {
          expect(there).toBeGreaterThanOrEqual(policy.minInstances - 1e-6);
          expect(busy).toBeLessThanOrEqual(there + 1e-6);
        }
        expect(utilisation).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('answers no request sooner than its time, and none later than its limits allow', () => {
    fc.assert(
      fc.property(moments, policies, (at, policy) => {
        const { latencyMs, waitMs, served } = outcome(at, policy, [50]);
        if (served > 0) expect(latencyMs.p50).toBeGreaterThanOrEqual(50 - 1e-6);
        if (policy.queueTimeoutMs !== Infinity && policy.scheduler === 'local')
          expect(waitMs.max).toBeLessThanOrEqual(policy.queueTimeoutMs + 1e-6);
      }),
    );
  });

  it('says the same of the same', () => {
    fc.assert(
      fc.property(moments, policies, (at, policy) => {
        expect(outcome(at, policy, [5, 50, 700])).toEqual(outcome(at, policy, [5, 50, 700]));
      }),
      { numRuns: 50 },
    );
  });

  it('starts an instance for the first request, keeps it, and ends it when it was idle for long enough', () => {
    const at = [0, 10, 200];
    const one = outcome(at, policyOf({ keepAliveMs: 60_000 }));
    expect(one.cold).toBe(2);
    expect(one.latencyMs.max).toBeGreaterThan(50 + 200 - 1e-6);
    expect(one.instances.peak).toBe(1);
    const kept = outcome(at, policyOf({ keepAliveMs: 60_000, minInstances: 1 }));
    expect(kept.cold).toBe(0);
    expect(kept.latencyMs.max).toBe(50);
  });

  it('does not start an instance that would come too late to help, as the platform', () => {
    // The second of two requests waits 40 ms for the first rather than 200 for a new instance.
    const warm = policyOf({ warmAtStart: 1 });
    const one = outcome([0, 1, 1.01], warm);
    expect(one.cold).toBe(0);
    expect(one.latencyMs.max).toBeCloseTo(90);
    const cloud = outcome([0, 1, 1.01], policyOf({ scheduler: 'cloud', warmAtStart: 1 }));
    expect(cloud.cold).toBe(1);
  });

  it('turns away what a cloud has no instance for, and what finds our queue full', () => {
    const burst = Array.from({ length: 20 }, () => 0);
    expect(outcome(burst, policyOf({ scheduler: 'cloud', instances: 5 })).throttled).toBe(15);
    expect(outcome(burst, policyOf({ scheduler: 'cloud', instances: 50, startsPer10s: 8 })).throttled).toBe(
      12,
    );
    expect(outcome(burst, policyOf({ instances: 1, queueLength: 4 })).throttled).toBe(16);
  });

  it('gives up after the queue time-out', () => {
    const one = outcome([0, 0, 0, 0], policyOf({ instances: 1, minInstances: 1, queueTimeoutMs: 60 }), [50]);
    expect(one.served).toBe(2);
    expect(one.timedOut).toBe(2);
  });

  it('lets an instance serve several requests at once while they wait, one after another while they compute', () => {
    const four = [0, 0, 0, 0];
    const policy = policyOf({ instances: 1, minInstances: 1, concurrency: 4 });
    expect(outcome(four, policy, [100], 0).latencyMs.max).toBeCloseTo(100);
    expect(outcome(four, policy, [100], 1).latencyMs.max).toBeCloseTo(400);
    expect(outcome(four, policy, [100], 0.5).latencyMs.max).toBeCloseTo(250);
  });

  it('lets instances share the cores', () => {
    const policy = policyOf({ instances: 4, minInstances: 4, cores: 2 });
    expect(outcome([0, 0, 0, 0], policy, [100], 1).latencyMs.max).toBeCloseTo(200);
    expect(outcome([0, 0], policy, [100], 1).latencyMs.max).toBeCloseTo(100);
  });

  it('bills requests, starts, and what is kept ready', () => {
    const gb = 128 / 1024;
    const { gbSeconds } = outcome([0, 100], policyOf({ keepAliveMs: 10_000 }), [50]);
    expect(gbSeconds.requests).toBeCloseTo(2 * 0.05 * gb);
    expect(gbSeconds.starts).toBeGreaterThanOrEqual(2 * 0.15 * gb);
    const ready = outcome([0, 100], workers(2), [50]).gbSeconds;
    expect(ready.starts).toBe(0);
    expect(ready.provisioned).toBeCloseTo(2 * 101 * gb);
    expect(ready.provisionedBusy).toBeCloseTo(2 * 0.05 * gb);
  });

  it('takes the first request of an instance from what first requests took', () => {
    const workload = workloadOf([10], STARTS);
    workload.routes[0]!.firstMs = [90];
    const result = simulate({
      workload,
      arrivals: arrivalsAt([0, 1, 2]),
      policies: [policyOf({ minInstances: 0 })],
      rules,
      seed: 1,
    });
    expect(result.policies[0]!.latencyMs.max).toBeGreaterThanOrEqual(200 + 90);
    expect(result.policies[0]!.latencyMs.p50).toBe(10);
  });
});
