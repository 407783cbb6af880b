import { describe, expect, it } from 'vitest';

import { simulate } from '../../../src/insight/simulate/simulate.ts';
import type { Policy } from '../../../src/insight/simulate/types.ts';
import { syntheticTraffic } from '../../../src/insight/traffic/synthetic.ts';
import type { SimulatedPolicy } from '../../../src/insight/types.ts';
import { exponentialTimes, policyOf, rules, workers, workloadOf } from './helpers.ts';

const REQUESTS = 200_000;

/** Poisson arrivals at this load of one worker that needs 100 ms on average. */
function outcome(warmMs: number[], perSecond: number, policy: Policy, cpu = 0): SimulatedPolicy {
  const arrivals = syntheticTraffic(`poisson:${perSecond}/s`, REQUESTS / perSecond, 7);
  const result = simulate({
    workload: workloadOf(warmMs, { startMs: [], initMs: [] }),
    arrivals,
    policies: [policy],
    rules,
    seed: 11,
    cpuShare: () => cpu,
  });
  return result.policies[0]!;
}

/** Probability that a request waits in M/M/c (Erlang C). */
function erlangC(servers: number, load: number): number {
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) blocked = (load * blocked) / (count + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

function near(value: number, expected: number, share = 0.04): void {
  expect(value / expected).toBeGreaterThan(1 - share);
  expect(value / expected).toBeLessThan(1 + share);
}

const exponential = exponentialTimes(100);

describe('queues with known results', () => {
  it.each([0.3, 0.6, 0.8])(
    'M/M/1 at a load of %d: waiting, percentiles of the time in all, utilisation',
    (load) => {
      const { waitMs, latencyMs, utilisation } = outcome(exponential, load * 10, workers(1));
      near(waitMs.mean, (load / (1 - load)) * 100, 0.06);
      // The time in the system is exponential, too.
      const mean = 100 / (1 - load);
      near(latencyMs.mean, mean);
      near(latencyMs.p50, mean * Math.log(2));
      near(latencyMs.p95, mean * Math.log(20), 0.06);
      near(utilisation, load, 0.02);
    },
  );

  it.each([0.5, 0.8])('M/D/1 at a load of %d waits half as long (Pollaczek and Khinchine)', (load) => {
    const { waitMs } = outcome([100], load * 10, workers(1));
    near(waitMs.mean, (load / (2 * (1 - load))) * 100, 0.05);
  });

  it.each([2, 5])('M/M/c with %d servers: mean wait, and the share that waits at all', (servers) => {
    const load = 0.8 * servers;
    const { waitMs } = outcome(exponential, load * 10, workers(servers));
    near(waitMs.mean, (erlangC(servers, load) / (servers - load)) * 100, 0.06);
  });

  it('M/M/c/c loses what Erlang B says: a cloud at its limit of instances', () => {
    const servers = 5;
    const load = 4;
    const policy = policyOf({
      scheduler: 'cloud',
      instances: servers,
      minInstances: servers,
      keepAliveMs: Infinity,
    });
    const { throttled, requests } = outcome(exponential, load * 10, policy);
    let blocked = 1;
    for (let count = 1; count <= servers; count += 1) blocked = (load * blocked) / (count + load * blocked);
    near(throttled / requests, blocked, 0.03);
  });

  it('M/G/1 with processor sharing takes as long whatever the distribution: requests that share one core', () => {
    const many = policyOf({ instances: 400, minInstances: 400, keepAliveMs: Infinity, cores: 1 });
    for (const times of [exponential, [100]]) {
      const { latencyMs } = outcome(times, 6, many, 1);
      near(latencyMs.mean, 100 / (1 - 0.6), 0.04);
    }
  });

  it('a lone instance is cold as often as Poisson leaves it idle for longer than it is kept', () => {
    const policy = policyOf({ keepAliveMs: 30_000, instances: 1 });
    const { cold, requests } = outcome([1], 1 / 60, policy);
    near(cold / requests, Math.exp(-30 / 60), 0.02);
  });

  it('the mean number of instances that are busy is the load (Little)', () => {
    const { instances, utilisation } = outcome(
      exponential,
      30,
      policyOf({ instances: 1000, scheduler: 'cloud' }),
    );
    near(instances.mean * utilisation, 3, 0.02);
  });
});
