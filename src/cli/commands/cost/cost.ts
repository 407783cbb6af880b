import { writeFileSync } from 'node:fs';

import { compareCosts } from '../../../insight/cost/compare.ts';
import { loadPrices, type Prices } from '../../../insight/cost/prices.ts';
import type { CostResult } from '../../../insight/types.ts';
import type { Workload } from '../../../insight/workload/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { givenShares, loadWorkload } from '../../workloads/load.ts';
import { sharesIn, tracedArrivals } from '../../workloads/traffic.ts';
import type { CostOptions } from './options.ts';
import { costText } from './text.ts';

const DEFAULT_PER_DAY = 10_000;
const SECONDS_PER_DAY = 86_400;

/** Prints what the app costs a month, on everything that there are prices of. */
export async function cost(options: CostOptions): Promise<void> {
  const prices = loadPrices({
    regions: options.region,
    usd: options.exchange,
    ...(options.prices === undefined ? {} : { file: options.prices }),
  });
  checkChoices(options, prices);
  const workload = await loadWorkload(options);
  const result = compareCosts({
    workload,
    prices,
    ...(await trafficOf(options, workload)),
    currency: options.currency,
    freeTier: options.freeTier,
    keepAliveSeconds: options.keepAlive,
    peak: options.peak,
    provisioned: Math.round(options.provisioned),
    ...(options.memory === undefined ? {} : { memoryMb: options.memory }),
    ...(options.front === undefined ? {} : { front: options.front }),
    ...(options.plan === undefined ? {} : { plan: options.plan }),
    ...(options.coldShare === undefined ? {} : { coldShare: options.coldShare }),
    ...(options.serverRate === undefined ? {} : { serverPerSecond: options.serverRate }),
  });
  if (options.report !== undefined) await writeReport(options.report, result);
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : costText(result));
}

async function trafficOf(
  options: CostOptions,
  workload: Workload,
): Promise<{ requestsPerDay: number; trafficFrom: string; shares?: number[] }> {
  const given = givenShares(workload, options.share);
  if (options.trace === undefined) {
    const requestsPerDay = options.requestsPerDay ?? DEFAULT_PER_DAY;
    const trafficFrom = options.requestsPerDay === undefined ? 'the default' : '--requests-per-day';
    return { requestsPerDay, trafficFrom, ...(given === undefined ? {} : { shares: given }) };
  }
  const arrivals = await tracedArrivals(options.trace, workload, options.seed);
  const shares = given ?? sharesIn(arrivals, workload);
  workload.notes.push(...arrivals.notes);
  return {
    // Of a log of an hour, a day has 24 times as many, unless somebody knows better.
    requestsPerDay: options.requestsPerDay ?? (arrivals.at.length / arrivals.seconds) * SECONDS_PER_DAY,
    trafficFrom: options.trace,
    ...(shares === undefined ? {} : { shares }),
  };
}

function checkChoices({ currency, front, plan }: CostOptions, { usd, functions }: Prices): void {
  if (usd[currency] === undefined)
    throw unknown('currency', currency, Object.keys(usd), 'give its value with --exchange EUR=1.1');
  const fronts = new Set(functions.flatMap((offer) => offer.fronts.map(({ id }) => id)));
  if (front !== undefined && !fronts.has(front))
    throw unknown('front', front, [...fronts], 'take one of these');
  const plans = [
    'cheapest',
    'none',
    ...functions.flatMap((offer) => (offer.plans ?? []).map(({ id }) => id)),
  ];
  if (plan !== undefined && !plans.includes(plan)) throw unknown('plan', plan, plans, 'take one of these');
}

function unknown(option: string, got: string, known: string[], fix: string): RopewayError {
  return new RopewayError({
    code: `UNKNOWN_${option.toUpperCase()}`,
    message: `--${option} ${got} is not known.`,
    expected: `one of ${known.join(', ')}`,
    fix,
  });
}

async function writeReport(file: string, result: CostResult): Promise<void> {
  const { costReport } = await import('../../../insight/cost/report.ts');
  writeFileSync(file, costReport(result));
  process.stderr.write(`Wrote ${file}.\n`);
}
