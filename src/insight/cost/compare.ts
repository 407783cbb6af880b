import type { CostOption, CostResult } from '../types.ts';
import type { Workload } from '../workload/types.ts';
import { type Bill, billFunctions, billServer, DAYS_PER_MONTH } from './bill.ts';
import { findCrossings } from './break-even.ts';
import { type FunctionShape, oneFunction, splitByMemory } from './layout.ts';
import type { FunctionOffer, ServerOffer } from './offers.ts';
import type { Prices } from './prices.ts';
import { machinesFor, monthlyUsage, requestsPerCore, type ShapeUsage } from './usage.ts';

export interface CompareOptions {
  workload: Workload;
  prices: Prices;
  requestsPerDay: number;
  trafficFrom: string;
  /** Share of each route; default: as often as each was measured. */
  shares?: number[];
  /** In which currency options are compared. */
  currency: string;
  memoryMb?: number;
  /** `url` or `http-api`, where the cloud has it. */
  front?: string;
  plan?: string;
  freeTier: boolean;
  keepAliveSeconds: number;
  peak: number;
  coldShare?: number;
  provisioned: number;
  /** Requests a second that one machine answers; default: what its cores would with the times that were measured. */
  serverPerSecond?: number;
}

/** What a way to run the app costs at some traffic. */
interface Way {
  id: string;
  title: string;
  kind: 'function' | 'server';
  offer: FunctionOffer | ServerOffer;
  at(requestsPerDay: number): { bill: Bill; functions?: ShapeUsage[]; machines?: number };
}

const SECONDS_PER_DAY = 86_400;
const CURVE_POINTS = 60;

/** Compares all offers of the price lists for this app and traffic. */
export function compareCosts(options: CompareOptions): CostResult {
  const { workload, prices, requestsPerDay, currency } = options;
  const shares = sharesOf(options);
  const ways = [
    ...prices.functions.flatMap((offer) => functionWays(offer, shares, options)),
    ...prices.servers.map((offer) => serverWay(offer, shares, options)),
  ];
  const value = remembered(
    (way: Way, perDay: number): number => way.at(perDay).bill.total * rate(way.offer, options),
  );
  const servers = ways.filter(({ kind }) => kind === 'server');
  return {
    kind: 'cost',
    version: 1,
    app: workload.app,
    measured: workload.measured,
    currency,
    exchange: Object.fromEntries(
      Object.entries(prices.usd).map(([name, usd]) => [name, usd / (prices.usd[currency] ?? 1)]),
    ),
    traffic: { requestsPerDay, from: options.trafficFrom },
    routes: workload.routes.map((route, index) => ({
      name: route.name,
      share: shares[index]!,
      billedMs: route.billedMs,
      memoryMb: route.peakMemoryMb ?? 0,
      responseBytes: route.responseBytes,
    })),
    initMs: workload.initMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, workload.initMs.length),
    options: ways.map((way) => optionOf(way, requestsPerDay, rate(way.offer, options))),
    breakEven: ways
      .filter(({ kind }) => kind === 'function')
      .flatMap((way) =>
        servers.map((server) => {
          const found = findCrossings(
            (perDay) => value(way, perDay),
            (perDay) => value(server, perDay),
          );
          const { crossings } = found;
          return {
            functions: way.id,
            server: server.id,
            crossings,
            ...(crossings.length === 0 ? { always: found.first } : {}),
          };
        }),
      ),
    curve: curveOf(ways, requestsPerDay, value),
    prices: prices.files,
    notes: notesOf(options, ways),
  };
}

/** The same traffic is asked for again with every server. */
function remembered(value: (way: Way, perDay: number) => number): (way: Way, perDay: number) => number {
  const known = new Map<Way, Map<number, number>>();
  return (way, perDay) => {
    let ofWay = known.get(way);
    if (ofWay === undefined) known.set(way, (ofWay = new Map<number, number>()));
    let found = ofWay.get(perDay);
    if (found === undefined) ofWay.set(perDay, (found = value(way, perDay)));
    return found;
  };
}

function sharesOf({ workload, shares }: CompareOptions): number[] {
  const weights = shares ?? workload.routes.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function functionWays(offer: FunctionOffer, shares: number[], options: CompareOptions): Way[] {
  const { workload, memoryMb, front, plan, freeTier, keepAliveSeconds, peak, coldShare, provisioned } =
    options;
  const layout = { workload, shares, ...(memoryMb === undefined ? {} : { memoryMb }) };
  const way = (id: string, title: string, shapes: FunctionShape[]): Way => ({
    id,
    title,
    kind: 'function',
    offer,
    at: (requestsPerDay) => {
      const { usage, functions } = monthlyUsage(shapes, {
        offer,
        workload,
        requestsPerDay,
        keepAliveSeconds,
        peak,
        provisioned,
        ...(front === undefined ? {} : { front }),
        ...(coldShare === undefined ? {} : { coldShare }),
      });
      const bill = billFunctions(offer, usage, {
        ...(front === undefined ? {} : { front }),
        ...(plan === undefined ? {} : { plan }),
        ...(freeTier ? {} : { freeTier: false }),
      });
      return { bill, functions };
    },
  });
  const split = splitByMemory(offer, layout);
  return [
    way(offer.id, offer.title, oneFunction(offer, layout)),
    ...(split.length > 1
      ? [way(`${offer.id}+split`, `${offer.title}, ${split.length} functions`, split)]
      : []),
  ];
}

function serverWay(offer: ServerOffer, shares: number[], options: CompareOptions): Way {
  const perCore = requestsPerCore(options.workload, shares);
  const perMachine = options.serverPerSecond ?? (perCore === undefined ? Infinity : perCore * offer.cores);
  const bytes = options.workload.routes.reduce(
    (sum, { responseBytes }, index) => sum + shares[index]! * responseBytes,
    0,
  );
  return {
    id: offer.id,
    title: offer.title,
    kind: 'server',
    offer,
    at: (requestsPerDay) => {
      const machines = machinesFor((requestsPerDay / SECONDS_PER_DAY) * options.peak, perMachine);
      return { bill: billServer(offer, machines, requestsPerDay * DAYS_PER_MONTH * bytes), machines };
    },
  };
}

function optionOf(way: Way, requestsPerDay: number, toCurrency: number): CostOption {
  const { bill, functions, machines } = way.at(requestsPerDay);
  return {
    id: way.id,
    title: way.title,
    kind: way.kind,
    region: way.offer.region,
    currency: way.offer.currency,
    ...(functions === undefined ? {} : { functions }),
    ...(machines === undefined ? {} : { machines }),
    ...(bill.plan === undefined ? {} : { plan: bill.plan }),
    items: bill.items,
    total: bill.rounded,
    compared: bill.total * toCurrency,
    asOf: way.offer.asOf,
    source: way.offer.source,
  };
}

/** From a hundredth of the traffic to a hundred times as much. */
function curveOf(
  ways: Way[],
  requestsPerDay: number,
  value: (way: Way, perDay: number) => number,
): CostResult['curve'] {
  const least = Math.max(1, requestsPerDay / 100);
  const points = Array.from({ length: CURVE_POINTS }, (_, index) =>
    Math.round(least * 10 ** ((index * 4) / (CURVE_POINTS - 1))),
  );
  return {
    requestsPerDay: points,
    lines: ways.map((way) => ({
      id: way.id,
      title: way.title,
      costs: points.map((perDay) => value(way, perDay)),
    })),
  };
}

function rate({ currency }: { currency: string }, { prices, currency: wanted }: CompareOptions): number {
  return (prices.usd[currency] ?? 1) / (prices.usd[wanted] ?? 1);
}

function notesOf(
  { workload, prices, serverPerSecond, coldShare, keepAliveSeconds }: CompareOptions,
  ways: Way[],
): string[] {
  const regional = ways
    .map(({ offer }) =>
      offer.kind === 'function' && offer.region !== 'us-east-1' ? offer.regionsNote : undefined,
    )
    .find((note) => note !== undefined);
  const isServerMeasured = workload.routes.some(({ serverMs }) => serverMs.length > 0);
  return [
    ...workload.notes,
    'Times are those of this machine: a function with little memory gets a part of a core in a cloud, and takes longer there.',
    ...(coldShare === undefined
      ? [
          `The share of cold starts is that of Poisson traffic with instances that are kept for ${keepAliveSeconds} s.`,
        ]
      : []),
    ...(serverPerSecond === undefined && !isServerMeasured
      ? [
          'How much a server answers is taken from the times in the function: it was not measured on a server.',
        ]
      : []),
    ...(regional === undefined ? [] : [regional]),
    ...prices.files.flatMap(({ note }) => (note === undefined ? [] : [note])),
  ];
}
