import { describe, expect, it } from 'vitest';

import { billFunctions, type FunctionUsage } from '../../../src/insight/cost/bill.ts';
import type { FunctionOffer } from '../../../src/insight/cost/offers.ts';
import { loadPrices } from '../../../src/insight/cost/prices.ts';

const prices = loadPrices();
const offerOf = (id: string): FunctionOffer => prices.functions.find((one) => one.id === id)!;

/** What an example says of each of its functions. */
function usage(
  requests: number,
  ms: number,
  memoryMb: number,
  more: Partial<FunctionUsage> = {},
): FunctionUsage {
  return { requests, gbSeconds: (requests * ms * memoryMb) / 1000 / 1024, egressBytes: 0, ...more };
}

function costs(bill: ReturnType<typeof billFunctions>): Record<string, number> {
  const paid = bill.items.filter(({ cost }) => cost > 0);
  return Object.fromEntries(paid.map(({ what, cost }) => [what, Math.round(cost * 100) / 100]));
}

// https://aws.amazon.com/lambda/pricing/, as it stood in September 2026 (us-east-1).
describe("the examples of AWS Lambda's price page", () => {
  const x86 = offerOf('lambda-x86');

  it('1: a mobile backend, 3 million requests of 120 ms with 1536 MB', () => {
    const bill = billFunctions(x86, usage(3e6, 120, 1536));
    expect(costs(bill)).toEqual({ 'running time': 2.33, requests: 0.4 });
    expect(bill.rounded).toBe(2.73);
  });

  it('2: telemetry of 10,000 vehicles, without the free quota', () => {
    const bill = billFunctions(x86, usage(10_000 * 24 * 31, 2000, 1024), { freeTier: false });
    expect(costs(bill)).toEqual({ 'running time': 248, requests: 1.49 });
    expect(bill.rounded).toBe(249.49);
  });

  it('3: a language model with 4096 MB of memory and 2048 MB of temporary disk', () => {
    const seconds = 6e6 * 0.28;
    const bill = billFunctions(
      x86,
      usage(6e6, 280, 4096, { ephemeralGbSeconds: (seconds * (2048 - 512)) / 1024 }),
    );
    expect(costs(bill)).toEqual({ 'running time': 105.33, requests: 1, 'temporary disk': 0.08 });
    expect(bill.rounded).toBe(106.41);
  });

  it('provisioned concurrency 1: 100 instances kept ready for 8 hours of a month', () => {
    const provisioned = { gbSeconds: 100 * 1.5 * 8 * 3600, busyGbSeconds: 500_000 * 0.1 * 1.5 };
    const rest = usage(2.5e6, 120, 1536).gbSeconds;
    const bill = billFunctions(
      x86,
      { requests: 3e6, gbSeconds: rest, egressBytes: 0, provisioned },
      { freeTier: true },
    );
    expect(costs(bill)).toEqual({
      'kept ready': 18,
      requests: 0.4,
      'running time on instances kept ready': 0.73,
      'running time': 0.83,
    });
    expect(bill.rounded).toBe(19.96);
  });

  it('provisioned concurrency 2: seven instances kept ready for a day, no free quota', () => {
    const provisioned = { gbSeconds: 7 * 4 * 86_400, busyGbSeconds: 2e6 * 0.28 * 4 };
    const bill = billFunctions(x86, { requests: 2e6, gbSeconds: 0, egressBytes: 0, provisioned });
    expect(costs(bill)).toEqual({
      'kept ready': 10.08,
      'running time on instances kept ready': 21.78,
      requests: 0.4,
    });
    expect(bill.rounded).toBe(32.26);
  });

  it('durable functions: the running time and requests of its example, on Arm', () => {
    const bill = billFunctions(offerOf('lambda-arm'), {
      requests: 2e6,
      gbSeconds: 1e6 * 32,
      egressBytes: 0,
    });
    expect(costs(bill)).toEqual({ 'running time': 421.34, requests: 0.2 });
  });
});

// https://cloud.tencent.com/document/product/583/12285 (billing examples), as its source stood in 2022 and, for the two of
// 2020, with the rounding to 100 ms of then. A month is 30 days; the free quota of then was a million calls and 400,000 GB-s.
describe("the examples of Tencent SCF's billing page", () => {
  const then = { requests: 1e6, gbSeconds: 400_000, egressGb: 0 };
  const scf: FunctionOffer = { ...offerOf('scf'), free: then, plans: undefined };
  const days = 30;
  const KB = 1024;

  it('web and API services: 100,000 requests a day of 70 ms with 128 MB', () => {
    const bill = billFunctions(scf, usage(100_000 * days, 70, 128));
    expect(costs(bill)).toEqual({ requests: 2.66 });
    expect(bill.rounded).toBe(2.66);
  });

  it('message queue: three messages a second of 260 ms with 128 MB', () => {
    const bill = billFunctions(scf, usage(3 * 86_400 * days, 260, 128));
    expect(bill.rounded).toBe(9.01);
  });

  it('file upload: 50 calls a minute of 780 ms with 256 MB, 1 kB out', () => {
    const requests = 50 * 1440 * days;
    const bill = billFunctions(scf, usage(requests, 780, 256, { egressBytes: requests * KB }));
    expect(costs(bill)).toEqual({ 'running time': 2.35, requests: 1.54, 'traffic out': 1.65 });
    expect(bill.rounded).toBe(5.54);
  });

  it('2020, message queue: three a second, billed as 800 ms', () => {
    const bill = billFunctions(scf, usage(3 * 86_400 * days, 800, 128));
    expect(costs(bill)).toEqual({ 'running time': 41.94, requests: 9.01 });
    expect(bill.rounded).toBe(50.95);
  });

  it('2020, file upload: 50 a minute, billed as 3700 ms with 256 MB, 5 kB out', () => {
    const requests = 50 * 1440 * days;
    const bill = billFunctions(scf, usage(requests, 3700, 256, { egressBytes: requests * 5 * KB }));
    expect(costs(bill)).toEqual({ 'running time': 177.51, requests: 1.54, 'traffic out': 8.24 });
    expect(bill.rounded).toBe(187.29);
  });

  it('instances kept ready: 70 of 100 with 256 MB idle for a minute', () => {
    const provisioned = { gbSeconds: 100 * 0.25 * 60, busyGbSeconds: 30 * 0.25 * 60 };
    const bill = billFunctions(scf, { requests: 0, gbSeconds: 0, egressBytes: 0, provisioned });
    const idle = bill.items.find(({ what }) => what === 'kept ready, idle')!;
    expect(idle.amount).toBe(1050);
    expect(idle.cost.toFixed(3)).toBe('0.057');
  });
});
