import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Client, createClient } from './client.ts';
import { differences } from './compare.ts';
import type { Exchange, RunningApp } from './types.ts';

export interface FidelityOptions {
  /** Sent one after another, to both, with each one's own cookies. */
  exchanges: Exchange[];
  plain(): Promise<RunningApp>;
  platform(): Promise<RunningApp>;
}

/** One test per request: the platform's answer is the plain server's, byte for byte. */
export function fidelitySuite(name: string, options: FidelityOptions): void {
  describe(`${name}: the same answers as on a plain server`, () => {
    const running: RunningApp[] = [];
    let plain: Client;
    let platform: Client;

    beforeAll(async () => {
      const started = await Promise.allSettled([options.plain(), options.platform()]);
      for (const app of started) {
        if (app.status === 'fulfilled') running.push(app.value);
      }
      const failed = started.find((app) => app.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      [plain, platform] = running.map((app) => createClient(app.url)) as [Client, Client];
    }, 300_000);

    afterAll(async () => {
      await Promise.all(running.map((app) => app.stop()));
    });

    test.each(options.exchanges.map((exchange) => ({ title: titleOf(exchange), exchange })))(
      '$title',
      async ({ exchange }) => {
        const [expected, got] = await Promise.all([plain.send(exchange), platform.send(exchange)]);
        expect(differences(exchange, expected, got)).toEqual([]);
      },
    );

    test('it ends without a trace when interrupted', async () => {
      const app = running[1];
      expect(await app?.stop()).toBe(0);
    });
  });
}

function titleOf(exchange: Exchange): string {
  return exchange.name ?? `${exchange.method ?? 'GET'} ${exchange.path}`;
}
