import { billFunctions, billServer, HOURS_PER_MONTH } from '../cost/bill.ts';
import { nextSize } from '../cost/layout.ts';
import type { Prices } from '../cost/prices.ts';
import type { SimulatedPolicy } from '../types.ts';
import type { Workload } from '../workload/types.ts';

export interface MonthlyCostsOptions {
  workload: Workload;
  prices: Prices;
  /** How long the simulated traffic lasts. */
  seconds: number;
}

/** What a month of the simulated traffic costs on each offer; of a server its rent. */
export function monthlyCosts(
  policy: SimulatedPolicy,
  { workload, prices, seconds }: MonthlyCostsOptions,
): NonNullable<SimulatedPolicy['cost']> {
  const months = (HOURS_PER_MONTH * 3600) / seconds;
  const egressBytes =
    months *
    policy.routes.reduce((sum, { served }, index) => sum + served * workload.routes[index]!.responseBytes, 0);
  if (policy.kind === 'server') {
    return prices.servers.map((offer) => ({
      offer: offer.id,
      currency: offer.currency,
      perMonth: billServer(offer, 1, egressBytes).total,
    }));
  }
  const { requests, starts, provisioned, provisionedBusy } = policy.gbSeconds;
  const memory = Number(policy.settings['memory']);
  return prices.functions.map((offer) => {
    // An offer may not have the size that was simulated.
    const scale = (months * nextSize(offer, memory)) / memory;
    const onDemand = requests - provisionedBusy + (offer.billsInit.value ? starts : 0);
    const bill = billFunctions(offer, {
      requests: policy.served * months,
      gbSeconds: onDemand * scale,
      egressBytes,
      ...(provisioned === 0
        ? {}
        : { provisioned: { gbSeconds: provisioned * scale, busyGbSeconds: provisionedBusy * scale } }),
    });
    return { offer: offer.id, currency: offer.currency, perMonth: bill.total };
  });
}
