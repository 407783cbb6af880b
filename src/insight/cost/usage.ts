import { median } from '../stats/quantile.ts';
import type { Workload } from '../workload/types.ts';
import { DAYS_PER_MONTH, type FunctionUsage, HOURS_PER_MONTH } from './bill.ts';
import { expectedColdShare } from './cold-share.ts';
import type { FunctionShape } from './layout.ts';
import type { FunctionOffer } from './offers.ts';

export interface UsageOptions {
  offer: FunctionOffer;
  front?: string;
  workload: Workload;
  requestsPerDay: number;
  keepAliveSeconds: number;
  /** The day's peak as a multiple of its mean. */
  peak: number;
  /** Share of cold starts; default: what Poisson traffic would have. */
  coldShare?: number;
  /** Instances of each function that are kept ready. */
  provisioned: number;
}

export interface ShapeUsage {
  name: string;
  memoryMb: number;
  routes: string[];
  gbSeconds: number;
  coldShare: number;
}

const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

/** What functions of these shapes take in a month of such traffic. */
export function monthlyUsage(
  shapes: FunctionShape[],
  options: UsageOptions,
): { usage: FunctionUsage; functions: ShapeUsage[] } {
  const { requestsPerDay, offer } = options;
  const requests = requestsPerDay * DAYS_PER_MONTH;
  const parts = shapes.map((shape) => usageOf(shape, options));
  const total = (pick: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((sum, part) => sum + pick(part), 0);
  const stepKb = (offer.fronts.find(({ id }) => id === options.front) ?? offer.fronts[0]!).stepKb;
  const all = shapes.flatMap(({ routes }) => routes);
  const mean = (of: (bytes: number) => number): number =>
    all.reduce((sum, { route, share }) => sum + share * of(route.responseBytes), 0);
  return {
    usage: {
      requests,
      gbSeconds: total(({ onDemand }) => onDemand),
      egressBytes: requests * mean((bytes) => bytes),
      ...(stepKb === undefined
        ? {}
        : { frontUnits: requests * mean((bytes) => Math.max(1, Math.ceil(bytes / 1024 / stepKb))) }),
      ...(options.provisioned === 0
        ? {}
        : {
            provisioned: { gbSeconds: total(({ ready }) => ready), busyGbSeconds: total(({ busy }) => busy) },
          }),
    },
    functions: parts.map(({ told }) => told),
  };
}

function usageOf(
  shape: FunctionShape,
  options: UsageOptions,
): { onDemand: number; ready: number; busy: number; told: ShapeUsage } {
  const { offer, workload, provisioned } = options;
  const share = shape.routes.reduce((sum, one) => sum + one.share, 0);
  const perSecond = (options.requestsPerDay * share) / SECONDS_PER_DAY;
  const billed =
    shape.routes.reduce((sum, one) => sum + one.share * rounded(one.route.billedMs, offer), 0) / share;
  const coldShare =
    options.coldShare ??
    expectedColdShare({
      requestsPerSecond: perSecond,
      serviceSeconds: billed / 1000,
      keepAliveSeconds: options.keepAliveSeconds,
      peak: options.peak,
      provisioned,
    });
  const initMs = offer.billsInit.value ? rounded(mean(workload.initMs), offer) : 0;
  const gb = shape.memoryMb / 1024;
  const requests = options.requestsPerDay * share * DAYS_PER_MONTH;
  const running = (requests * gb * billed) / 1000;
  const starting = (requests * coldShare * gb * initMs) / 1000;
  // The instances that are kept ready take the requests first (Erlang B says which they cannot take).
  const kept = provisioned === 0 ? 0 : 1 - blockedShare(provisioned, (perSecond * billed) / 1000);
  return {
    onDemand: running * (1 - kept) + starting,
    ready: provisioned * gb * SECONDS_PER_MONTH,
    busy: running * kept,
    told: {
      name: shape.name,
      memoryMb: shape.memoryMb,
      routes: shape.routes.map(({ route }) => route.name),
      gbSeconds: running + starting,
      coldShare,
    },
  };
}

/** Means of times that were rounded up to whole milliseconds; a coarser step rounds again. */
function rounded(ms: number, { roundMs }: FunctionOffer): number {
  return roundMs <= 1 ? ms : Math.ceil(ms / roundMs) * roundMs;
}

function blockedShare(servers: number, load: number): number {
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) blocked = (load * blocked) / (count + load * blocked);
  return blocked;
}

function mean(values: number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Machines of so many cores that the traffic needs at its peak, each at most this busy. */
const BUSY_SHARE = 0.7;

/** How many requests a second one core of a server answers; undefined: it cannot be told. */
export function requestsPerCore(workload: Workload, shares: number[]): number | undefined {
  const ms = workload.routes.reduce((sum, route, index) => {
    const times = route.serverMs.length > 0 ? route.serverMs : route.warmMs;
    return sum + shares[index]! * (times.length === 0 ? 0 : median(times));
  }, 0);
  return ms > 0 ? 1000 / ms : undefined;
}

export function machinesFor(perSecondAtPeak: number, perMachine: number): number {
  return Math.max(1, Math.ceil(perSecondAtPeak / (perMachine * BUSY_SHARE)));
}
