import type { SimulatedPolicy, SimulationResult } from '../types.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Outcome, runPolicy } from './run.ts';
import type { Policy, SimulateOptions } from './types.ts';

/** Lets the same traffic meet each policy, one after the other. The same options give the same result, but for `took`. */
export function simulate(options: SimulateOptions, onPolicy?: (done: number) => void): SimulationResult {
  const began = performance.now();
  const traffic = prepare(options);
  const { workload, arrivals, policies, rules, seed } = options;
  const simulated = policies.map((policy, index) => {
    const outcome = runPolicy(traffic, policy, rules, seed);
    onPolicy?.(index + 1);
    return told(outcome, policy, traffic, workload.routes);
  });
  const seconds = (performance.now() - began) / 1000;
  const total = simulated[0]?.routes.reduce((sum, { served }) => sum + served, 0) ?? 0;
  return {
    kind: 'simulation',
    version: 1,
    app: workload.app,
    measured: workload.measured,
    traffic: {
      from: arrivals.from,
      requests: arrivals.at.length,
      seconds: arrivals.seconds,
      routes: (simulated[0]?.routes ?? []).map(({ name, served }) => ({
        name,
        share: served / Math.max(1, total),
      })),
    },
    seed,
    policies: simulated,
    took: { seconds, perSecond: (arrivals.at.length * policies.length) / Math.max(1e-9, seconds) },
    notes: [...workload.notes, ...arrivals.notes],
  };
}

function told(
  outcome: Outcome,
  policy: Policy,
  traffic: Prepared,
  routes: { name: string }[],
): SimulatedPolicy {
  const { meter } = outcome;
  const endMs = Math.max(traffic.totalMs, 1e-9);
  const gb = policy.memoryMb / 1024 / 1000;
  // Requests that share an instance are billed for the time that it is busy.
  const requestMs =
    policy.concurrency > 1
      ? meter.busyMs
      : outcome.routes.reduce((sum, { served }, index) => sum + served * traffic.times[index]!.billedMs, 0);
  return {
    name: policy.name,
    kind: policy.kind,
    settings: settingsOf(policy),
    requests: outcome.requests,
    served: outcome.served,
    cold: outcome.cold,
    throttled: outcome.throttled,
    timedOut: outcome.timedOut,
    latencyMs: outcome.latency.summary(),
    waitMs: outcome.wait.summary(),
    routes: outcome.routes.map(({ served, cold, latency }, index) => ({
      name: routes[index]!.name,
      served,
      cold,
      p50: latency.at(0.5),
      p95: latency.at(0.95),
      p99: latency.at(0.99),
    })),
    instances: { peak: meter.peak, mean: meter.instanceMs / endMs, series: meter.series() },
    utilisation: meter.instanceMs === 0 ? 0 : meter.busyMs / meter.instanceMs,
    gbSeconds: {
      requests: requestMs * gb,
      starts: outcome.startedMs * gb,
      provisioned: policy.minInstances * endMs * gb,
      provisionedBusy: outcome.provisionedMs * gb,
    },
  };
}

function settingsOf(policy: Policy): Record<string, number | string> {
  const { scheduler, instances, minInstances, concurrency, queueLength, keepAliveMs, cores, memoryMb } =
    policy;
  if (policy.kind === 'server') return { workers: instances, threads: concurrency, queueLength };
  return {
    scheduler,
    instances,
    provisioned: minInstances,
    concurrency,
    keepAlive: keepAliveMs === 'auto' ? 'auto' : keepAliveMs / 1000,
    ...(scheduler === 'local' ? { queueLength } : {}),
    ...(cores === Infinity ? {} : { cores }),
    memory: memoryMb,
  };
}
