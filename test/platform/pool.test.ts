import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createPool } from '../../src/platform/scheduler/pool.ts';
import type { Lease, Poolable } from '../../src/platform/scheduler/types.ts';

/** An instance whose start and end the test decides. */
interface Fake extends Poolable {
  number: number;
  usable: boolean;
  becomeReady(): void;
  failToStart(error: Error): void;
  end(): void;
  stopped: boolean;
}

const LIMITS = { instances: 2, concurrency: 1, queueLength: 10, queueTimeout: 60, keepAlive: 60 };

function fakePool(limits: Partial<typeof LIMITS> = {}, startsAtOnce = 100, startMs?: number) {
  const made: Fake[] = [];
  const start = (): Fake => {
    let becomeReady!: () => void;
    let failToStart!: (error: Error) => void;
    let end!: () => void;
    const ready = new Promise<void>((resolve, reject) => {
      becomeReady = resolve;
      failToStart = reject;
    });
    ready.catch(() => undefined);
    const exited = new Promise<void>((resolve) => {
      end = resolve;
    });
    const fake: Fake = {
      number: made.length,
      ready,
      exited,
      becomeReady,
      failToStart,
      end,
      usable: true,
      stopped: false,
      stop: async () => {
        fake.stopped = true;
        end();
        await exited;
      },
      kill: () => void fake.stop(),
    };
    made.push(fake);
    return fake;
  };
  return {
    made,
    pool: createPool<Fake>({
      start,
      limits: () => ({ ...LIMITS, ...limits }),
      startsAtOnce: () => startsAtOnce,
      startMs: () => startMs,
    }),
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('pool', () => {
  it('starts an instance on demand, says cold once, then reuses it', async () => {
    const { pool, made } = fakePool();
    const first = pool.acquire();
    made[0]!.becomeReady();
    const lease = await first;
    expect(lease.cold).toBe(true);
    lease.release();
    const second = await pool.acquire();
    expect(second.cold).toBe(false);
    expect(second.instance).toBe(made[0]);
    expect(made).toHaveLength(1);
  });

  it('does not call the first request of a prestarted instance cold', async () => {
    const { pool, made } = fakePool();
    pool.prestart();
    made[0]!.becomeReady();
    expect((await pool.acquire()).cold).toBe(false);
  });

  it('scales out to the limit and no further, serving in the order of arrival', async () => {
    const { pool, made } = fakePool();
    const order: number[] = [];
    const leases = [0, 1, 2, 3].map((n) => pool.acquire().then((lease) => (order.push(n), lease)));
    expect(made).toHaveLength(2);
    made[1]!.becomeReady();
    (await leases[0]!).release();
    made[0]!.becomeReady();
    (await leases[1]!).release();
    (await leases[2]!).release();
    await leases[3];
    expect(order).toEqual([0, 1, 2, 3]);
    expect(made).toHaveLength(2);
  });

  it('starts no more at once than told', async () => {
    const { pool, made } = fakePool({ instances: 10 }, 2);
    for (let n = 0; n < 5; n += 1) void pool.acquire();
    expect(made).toHaveLength(2);
    made[0]!.becomeReady();
    await settle();
    expect(made).toHaveLength(3);
  });

  it('makes a new instance for a fresh request, in place of an idle one at the limit', async () => {
    const { pool, made } = fakePool({ instances: 1 });
    pool.prestart();
    made[0]!.becomeReady();
    await settle();
    const fresh = pool.acquire({ fresh: true });
    expect(made[0]!.stopped).toBe(true);
    made[1]!.becomeReady();
    const lease = await fresh;
    expect(lease.instance).toBe(made[1]);
    expect(lease.cold).toBe(true);
  });

  it('rejects everyone who waits when the only start fails, and tries again for the next', async () => {
    const { pool, made } = fakePool({ instances: 1 });
    const waiting = [pool.acquire(), pool.acquire()];
    const results = Promise.allSettled(waiting);
    made[0]!.failToStart(new Error('broken app'));
    for (const result of await results) expect(result).toMatchObject({ reason: { message: 'broken app' } });
    const next = pool.acquire();
    made[1]!.becomeReady();
    expect((await next).instance).toBe(made[1]);
  });

  it('refuses beyond the queue length and gives up after the queue time-out', async () => {
    const { pool } = fakePool({ instances: 1, queueLength: 1, queueTimeout: 0.01 });
    const waiting = pool.acquire();
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'QUEUE_FULL', status: 429 });
    await expect(waiting).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT', status: 503 });
  });

  it('starts no second instance for what the first will have served by then, unless it does not', async () => {
    const { pool, made } = fakePool({}, 100, 60);
    const first = pool.acquire();
    made[0]!.becomeReady();
    (await first).release();
    const busy = await pool.acquire();
    const waiting = pool.acquire();
    expect(made).toHaveLength(1);
    // The request in hand takes longer than a start: then an instance is worth it.
    await expect.poll(() => made.length).toBe(2);
    made[1]!.becomeReady();
    expect((await waiting).instance).toBe(made[1]);
    busy.release();
  });

  it('forgets a request whose client is gone', async () => {
    const { pool, made } = fakePool({ instances: 1 });
    let leave = (): void => undefined;
    const gone = pool.acquire({ onGone: (listener) => (leave = listener) });
    const next = pool.acquire();
    leave();
    await expect(gone).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    made[0]!.becomeReady();
    expect((await next).instance).toBe(made[0]);
  });

  it('after retire ends idle instances, lets busy ones finish, and serves only with new ones', async () => {
    const { pool, made } = fakePool();
    pool.prestart();
    pool.prestart();
    made[0]!.becomeReady();
    made[1]!.becomeReady();
    await settle();
    const busy = await pool.acquire();
    pool.retire();
    expect(busy.instance.stopped).toBe(false);
    expect(made.filter(({ stopped }) => stopped)).toHaveLength(1);
    const next = pool.acquire();
    made[2]!.becomeReady();
    expect((await next).instance).toBe(made[2]);
    busy.release();
    expect(busy.instance.stopped).toBe(true);
  });

  it('never hands out an instance that has failed', async () => {
    const { pool, made } = fakePool({ instances: 1 });
    pool.prestart();
    made[0]!.becomeReady();
    await settle();
    made[0]!.usable = false;
    const lease = pool.acquire();
    made[1]!.becomeReady();
    expect((await lease).instance).toBe(made[1]);
  });

  it('reaps an instance that was idle for long', async () => {
    const { pool, made } = fakePool({ keepAlive: 0.01 });
    pool.prestart();
    made[0]!.becomeReady();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made[0]!.stopped).toBe(true);
    expect(pool.instances()).toHaveLength(0);
  });

  it('on close ends every instance and refuses what waits', async () => {
    const { pool, made } = fakePool({ instances: 1 });
    const waiting = pool.acquire();
    const closed = pool.close();
    await expect(waiting).rejects.toMatchObject({ code: 'STOPPING' });
    await closed;
    expect(made[0]!.stopped).toBe(true);
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'STOPPING' });
  });

  it('answers every request, within the limits, whatever happens (property)', async () => {
    type Step = 'arrive' | 'fresh' | 'ready' | 'fail' | 'finish' | 'die' | 'retire';
    const steps = fc.array(
      fc.constantFrom<Step>(
        'arrive',
        'arrive',
        'fresh',
        'ready',
        'ready',
        'finish',
        'finish',
        'fail',
        'die',
        'retire',
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (sequence, instances, concurrency) => {
          const { pool, made } = fakePool({ instances, concurrency, queueLength: 1000 });
          const open: Lease<Fake>[] = [];
          const active = new Map<Fake, number>();
          let answered = 0;
          let arrived = 0;
          const arrive = (fresh: boolean): void => {
            arrived += 1;
            pool.acquire({ fresh }).then(
              (lease) => {
                answered += 1;
                open.push(lease);
                active.set(lease.instance, (active.get(lease.instance) ?? 0) + 1);
                expect(active.get(lease.instance)).toBeLessThanOrEqual(concurrency);
                expect(lease.instance.usable).toBe(true);
              },
              () => {
                answered += 1;
              },
            );
          };
          const finish = (lease: Lease<Fake> | undefined): void => {
            if (lease === undefined) return;
            active.set(lease.instance, active.get(lease.instance)! - 1);
            lease.release();
          };
          const readied = new Set<Fake>();
          const starting = (): Fake | undefined => made.find((one) => !readied.has(one) && !one.stopped);
          for (const step of sequence) {
            if (step === 'arrive' || step === 'fresh') arrive(step === 'fresh');
            const next = starting();
            if ((step === 'ready' || step === 'fail') && next !== undefined) {
              readied.add(next);
              if (step === 'ready') next.becomeReady();
              else next.failToStart(new Error('start failed'));
            }
            if (step === 'finish') finish(open.shift());
            if (step === 'die' && open.length > 0) {
              open[0]!.instance.usable = false;
              open[0]!.instance.end();
            }
            if (step === 'retire') pool.retire();
            await settle();
            expect(pool.instances().length).toBeLessThanOrEqual(instances);
          }
          // From here on everything goes well: nobody may be left waiting.
          for (let round = 0; round < arrived + made.length + 50 && answered < arrived; round += 1) {
            const next = starting();
            if (next !== undefined) {
              readied.add(next);
              next.becomeReady();
            }
            finish(open.shift());
            await settle();
          }
          expect(answered).toBe(arrived);
          for (const lease of open) finish(lease);
          await pool.close();
        },
      ),
      { numRuns: 300 },
    );
  });
});
