import { writeFileSync } from 'node:fs';

import { loadPrices } from '../../../insight/cost/prices.ts';
import { monthlyCosts } from '../../../insight/simulate/monthly-costs.ts';
import { functionPolicies, serverPolicy } from '../../../insight/simulate/policies.ts';
import { simulate } from '../../../insight/simulate/simulate.ts';
import type { Policy } from '../../../insight/simulate/types.ts';
import { badTraffic, parseSeconds } from '../../../insight/traffic/durations.ts';
import { syntheticTraffic } from '../../../insight/traffic/synthetic.ts';
import type { Arrivals } from '../../../insight/traffic/types.ts';
import type { SimulationResult } from '../../../insight/types.ts';
import { cpuShares } from '../../../insight/workload/cpu-shares.ts';
import type { Workload } from '../../../insight/workload/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { createIdleTimes } from '../../../platform/scheduler/idle-times.ts';
import { learn, worthStarting } from '../../../platform/scheduler/worth-starting.ts';
import { errorColors } from '../../colors.ts';
import { givenShares, loadWorkload } from '../../workloads/load.ts';
import { tracedArrivals } from '../../workloads/traffic.ts';
import type { SimulateCommandOptions } from './options.ts';
import { simulationText } from './text.ts';

const MOST_POLICIES = 64;
const HOUR = 3600;
const INSTANCES = { local: 10, cloud: 1000 };
/** A cloud keeps idle instances for some minutes and does not say how many. */
const CLOUD_KEEP_ALIVE = 600;

/** Prints what the traffic would meet under each policy. */
export async function simulateCommand(options: SimulateCommandOptions): Promise<void> {
  const workload = await loadWorkload(options);
  const arrivals = await arrivalsOf(options, workload);
  if (arrivals.at.length === 0) throw badTraffic(arrivals.from, 'there is no request in it');
  const policies = policiesOf(options, workload);
  const mix = givenShares(workload, options.share);
  const shares = cpuShares(workload, {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.cpuShare === undefined ? {} : { share: options.cpuShare }),
  });
  const result = simulate(
    {
      workload,
      arrivals,
      policies,
      rules: { createIdleTimes, worthStarting, learn },
      seed: options.seed,
      cpuShare: (route) => shares.of(route),
      ...(mix === undefined ? {} : { mix }),
    },
    progress(policies.length, arrivals.at.length),
  );
  const matters = policies.some(
    (one) => one.kind === 'function' && (one.concurrency > 1 || one.cores !== Infinity),
  );
  if (matters) result.notes.push(...shares.notes);
  const prices = loadPrices();
  for (const policy of result.policies)
    policy.cost = monthlyCosts(policy, { workload, prices, seconds: arrivals.seconds });
  if (options.report !== undefined) await writeReport(options.report, result);
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : simulationText(result));
}

async function arrivalsOf(options: SimulateCommandOptions, workload: Workload): Promise<Arrivals> {
  if ((options.trace === undefined) === (options.traffic === undefined))
    throw new RopewayError({
      code: 'NO_TRAFFIC',
      message:
        options.trace === undefined
          ? 'Nobody said which traffic is to be simulated.'
          : 'Traffic can be from a trace or made up, not both.',
      expected: '--trace <file> or --traffic <what>',
      fix: 'try --traffic poisson:5/s, or give the access log of your server with --trace',
    });
  if (options.trace !== undefined) return await tracedArrivals(options.trace, workload, options.seed);
  const traffic = options.traffic!;
  const seconds =
    options.duration === undefined
      ? (traffic.includes('wave') ? 24 : 1) * HOUR
      : parseSeconds(options.duration);
  if (seconds === undefined || seconds <= 0)
    throw new RopewayError({
      code: 'BAD_DURATION',
      message: `--duration ${options.duration ?? ''} is no time.`,
      expected: '90s, 10m, 1h or 7d',
      fix: 'write --duration 10m',
    });
  return syntheticTraffic(traffic, seconds, options.seed);
}

function policiesOf(options: SimulateCommandOptions, workload: Workload): Policy[] {
  const memoryMb = options.memory ?? workload.memoryLimitMb;
  const policies = functionPolicies({
    scheduler: options.policy,
    instances: options.instances ?? INSTANCES[options.policy],
    keepAlive: options.keepAlive ?? [options.policy === 'local' ? 'auto' : CLOUD_KEEP_ALIVE],
    provisioned: options.provisioned,
    concurrency: options.concurrency,
    queueLength: options.queue,
    queueTimeout: options.queueTimeout,
    startsAtOnce: options.cores === undefined ? Infinity : Math.max(1, Math.ceil(options.cores)),
    cheapStarts: false,
    cores: options.cores ?? Infinity,
    memoryMb,
  });
  if (options.server !== undefined) policies.push(serverPolicy(options.server, 1, memoryMb));
  if (policies.length <= MOST_POLICIES) return policies;
  throw new RopewayError({
    code: 'TOO_MANY_POLICIES',
    message: 'There are more combinations than can be compared at a glance.',
    expected: `${MOST_POLICIES} at most`,
    got: String(policies.length),
    fix: 'give fewer values of --keep-alive, --provisioned or --concurrency',
  });
}

/** On a terminal, which of the policies is at work: large traffic takes its time. */
function progress(policies: number, requests: number): ((done: number) => void) | undefined {
  if (!process.stderr.isTTY || requests < 200_000) return undefined;
  const show = (done: number): void =>
    void process.stderr.write(
      errorColors.dim(
        `\r${done} of ${policies} policies, ${requests} requests each${done === policies ? '\n' : ''}`,
      ),
    );
  show(0);
  return show;
}

async function writeReport(file: string, result: SimulationResult): Promise<void> {
  const { simulationReport } = await import('../../../insight/simulate/report.ts');
  writeFileSync(file, simulationReport(result));
  process.stderr.write(`Wrote ${file}.\n`);
}
