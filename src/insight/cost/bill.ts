import type { BillItem } from '../types.ts';
import type { Figure, FunctionOffer, Plan, ServerOffer } from './offers.ts';

/** Clouds count a month of 365/12 days in their calculators. */
export const HOURS_PER_MONTH = 730;
export const DAYS_PER_MONTH: number = HOURS_PER_MONTH / 24;

const GB = 1024 ** 3;

/** What functions took in a month. */
export interface FunctionUsage {
  requests: number;
  /** Memory × billed time, without what ran on instances that are kept ready. */
  gbSeconds: number;
  egressBytes: number;
  /** What came through the front, in its steps; default: one a request. */
  frontUnits?: number;
  /** Memory × time of instances that are kept ready, and of what ran on them. */
  provisioned?: { gbSeconds: number; busyGbSeconds: number };
  /** Temporary disk beyond the free part × time. */
  ephemeralGbSeconds?: number;
}

export interface BillOptions {
  /** Which front; default the first. */
  front?: string;
  /** `cheapest` (default), `none`, or the id of a plan. */
  plan?: string;
  /** Whether there is a free quota. Default: as the offer says. */
  freeTier?: boolean;
}

export interface Bill {
  items: BillItem[];
  /** The exact sum. */
  total: number;
  /** As it is billed: each item to the cent, added up. */
  rounded: number;
  /** Id of the plan that was taken. */
  plan?: string;
}

/** What a month costs; of several plans the cheapest one that may be taken. */
export function billFunctions(offer: FunctionOffer, usage: FunctionUsage, options: BillOptions = {}): Bill {
  const wanted = options.plan ?? 'cheapest';
  const plans = (offer.plans ?? []).filter(({ id, onlyIfNamed }) =>
    wanted === 'cheapest' ? onlyIfNamed !== true : id === wanted,
  );
  const bills = plans.map((plan) => billWith(offer, usage, options, plan));
  if (bills.length === 0 || offer.plans === undefined) return billWith(offer, usage, options);
  return bills.reduce((best, bill) => (bill.total < best.total ? bill : best));
}

/** What `machines` of a server cost in a month. */
export function billServer(offer: ServerOffer, machines: number, egressBytes: number): Bill {
  const rent = offer.rent.map(({ what, price, per }) => {
    const units = per === 'hour' ? HOURS_PER_MONTH * machines : machines;
    return { what, amount: units, unit: per, free: 0, cost: units * price };
  });
  return sum([...rent, egress(offer.egressGb, egressBytes, offer.egressFreeGb * machines)]);
}

/** The price of so much, through all tiers. */
export function priceOf({ tiers }: Figure, amount: number): number {
  let cost = 0;
  let from = 0;
  for (const { upTo = Infinity, price } of tiers) {
    cost += Math.max(0, Math.min(amount, upTo) - from) * price;
    from = upTo;
  }
  return cost;
}

function billWith(offer: FunctionOffer, usage: FunctionUsage, options: BillOptions, plan?: Plan): Bill {
  const { provisioned = { gbSeconds: 0, busyGbSeconds: 0 } } = usage;
  const isKeptReady = provisioned.gbSeconds > 0;
  const isFree = options.freeTier ?? (!isKeptReady || offer.provisioned.freeTier);
  const free = {
    requests: (isFree ? offer.free.requests : 0) + (plan?.requests ?? 0),
    gbSeconds: (isFree ? offer.free.gbSeconds : 0) + (plan?.gbSeconds ?? 0),
    egressGb: offer.free.egressGb + (plan?.egressGb ?? 0),
  };
  const paysIdle = offer.provisioned.charge === 'idle';
  const ran = usage.gbSeconds + (paysIdle ? provisioned.busyGbSeconds : 0);
  const front = offer.fronts.find(({ id }) => id === options.front) ?? offer.fronts[0]!;
  const items: BillItem[] = [
    item('running time', 'GB-s', ran, free.gbSeconds, (paid) => priceOf(offer.gbSecond, paid)),
    item('requests', 'requests', usage.requests, free.requests, (paid) =>
      priceOf(perUnit(offer.millionRequests), paid),
    ),
    item(front.title, 'requests', usage.frontUnits ?? usage.requests, 0, (paid) =>
      priceOf(perUnit(front.millionRequests), paid),
    ),
    egress(offer.egressGb, usage.egressBytes, free.egressGb),
  ];
  if (isKeptReady) items.push(...keptReady(offer, provisioned));
  if (offer.ephemeral !== undefined && (usage.ephemeralGbSeconds ?? 0) > 0) {
    const { gbSecond } = offer.ephemeral;
    items.push(
      item('temporary disk', 'GB-s', usage.ephemeralGbSeconds!, 0, (paid) => priceOf(gbSecond, paid)),
    );
  }
  if (plan !== undefined)
    items.push({ what: plan.title, amount: 1, unit: 'month', free: 0, cost: plan.price });
  return {
    ...sum(items.filter(({ amount }) => amount > 0)),
    ...(plan === undefined ? {} : { plan: plan.id }),
  };
}

function keptReady(
  { provisioned: { charge, gbSecond, busyGbSecond } }: FunctionOffer,
  used: { gbSeconds: number; busyGbSeconds: number },
): BillItem[] {
  if (charge === 'idle') {
    const idle = Math.max(0, used.gbSeconds - used.busyGbSeconds);
    return [item('kept ready, idle', 'GB-s', idle, 0, (paid) => priceOf(gbSecond, paid))];
  }
  return [
    item('kept ready', 'GB-s', used.gbSeconds, 0, (paid) => priceOf(gbSecond, paid)),
    item('running time on instances kept ready', 'GB-s', used.busyGbSeconds, 0, (paid) =>
      priceOf(busyGbSecond ?? gbSecond, paid),
    ),
  ];
}

function egress(figure: Figure, bytes: number, freeGb: number): BillItem {
  return item('traffic out', 'GB', bytes / GB, freeGb, (paid) => priceOf(figure, paid));
}

function item(
  what: string,
  unit: string,
  amount: number,
  free: number,
  price: (paid: number) => number,
): BillItem {
  const used = Math.min(free, amount);
  return { what, amount, unit, free: used, cost: price(amount - used) };
}

function perUnit(millions: Figure): Figure {
  return {
    tiers: millions.tiers.map(({ upTo, price }) => ({
      ...(upTo === undefined ? {} : { upTo }),
      price: price / 1e6,
    })),
  };
}

function sum(items: BillItem[]): Bill {
  return {
    items,
    total: items.reduce((total, { cost }) => total + cost, 0),
    rounded: items.reduce((total, { cost }) => total + cents(cost), 0) / 100,
  };
}

/** A tenth of a thousandth of a cent is what adding up in binary may be off. */
function cents(cost: number): number {
  return Math.round(cost * 100 + 1e-7);
}
