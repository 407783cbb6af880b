import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createCapacity } from '../../src/platform/scheduler/capacity.ts';
import { createIdleTimes } from '../../src/platform/scheduler/idle-times.ts';
import { createPool } from '../../src/platform/scheduler/pool.ts';
import type { Lease, Pool, Poolable, PoolLimits } from '../../src/platform/scheduler/types.ts';

// Under a simulated clock: hours of traffic in milliseconds, and every run is the same.

const LIMITS: PoolLimits = {
  instances: 4,
  concurrency: 1,
  queueLength: 10_000,
  queueTimeout: 1e6,
  keepAlive: 60,
};

interface Fake extends Poolable {
  usable: boolean;
  stopped: boolean;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A function whose instances take `startMs` to start, and fail to as long as `fails` says so. */
function simulated(
  limits: Partial<PoolLimits>,
  startMs: number,
  capacity = createCapacity(),
  fails = () => false,
) {
  const instances: Fake[] = [];
  const start = (): Fake => {
    let end!: () => void;
    const exited = new Promise<void>((resolve) => (end = resolve));
    const ready = new Promise<void>((resolve, reject) => {
      setTimeout(() => (fails() ? reject(new Error('does not start')) : resolve()), startMs);
    });
    ready.catch(() => undefined);
    const fake: Fake = {
      ready,
      exited,
      usable: true,
      stopped: false,
      stop: async () => {
        fake.stopped = true;
        fake.usable = false;
        end();
      },
      kill: () => void fake.stop(),
    };
    instances.push(fake);
    return fake;
  };
  const pool: Pool<Fake> = createPool<Fake>({
    start,
    limits: () => ({ ...LIMITS, ...limits }),
    startMs: () => startMs,
    startsAtOnce: () => 100,
    capacity,
  });
  const alive = (): Fake[] => instances.filter(({ stopped }) => !stopped);
  return { pool, instances, alive };
}

/** Asks for an instance, keeps it for so long, and notes when it had it. */
function request(
  { pool }: { pool: Pool<Fake> },
  ms: number,
  outcomes: string[],
  onLease?: () => void,
): Promise<void> {
  return pool.acquire().then(
    (lease: Lease<Fake>) => {
      onLease?.();
      return new Promise<void>((resolve) => {
        setTimeout(() => {
          lease.release();
          outcomes.push('served');
          resolve();
        }, ms);
      });
    },
    (error: Error & { code?: string }) => void outcomes.push(error.code ?? error.message),
  );
}

describe('functions that share a machine', () => {
  const arrival = fc.record({
    at: fc.integer({ min: 0, max: 60_000 }),
    fn: fc.nat({ max: 3 }),
    ms: fc.integer({ min: 1, max: 2000 }),
  });

  it('serve every request, never with more instances than the machine bears or than they may have', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(
          fc.record({
            instances: fc.integer({ min: 1, max: 4 }),
            concurrency: fc.integer({ min: 1, max: 3 }),
            keepAlive: fc.integer({ min: 0, max: 20 }),
          }),
          { minLength: 4, maxLength: 4 },
        ),
        async (arrivals, most, limits) => {
          const capacity = createCapacity(() => most);
          const functions = limits.map((one, index) => simulated(one, 100 * (index + 1), capacity));
          const outcomes: string[] = [];
          const problems: string[] = [];
          const check = (): void => {
            const counts = functions.map(({ alive }) => alive().length);
            if (counts.reduce((a, b) => a + b) > most) problems.push(`over the capacity: ${counts.join()}`);
            for (const [index, count] of counts.entries()) {
              if (count > limits[index]!.instances) problems.push(`over its own limit: ${counts.join()}`);
            }
          };
          for (const { at, fn, ms } of arrivals) {
            setTimeout(() => void request(functions[fn]!, ms, outcomes, check), at);
          }
          for (let step = 0; step < 100 && outcomes.length < arrivals.length; step++) {
            await vi.advanceTimersByTimeAsync(5000);
            check();
          }
          expect(problems).toEqual([]);
          expect(outcomes).toEqual(arrivals.map(() => 'served'));
          await vi.advanceTimersByTimeAsync(100_000);
          expect(functions.map(({ alive }) => alive().length)).toEqual([0, 0, 0, 0]);
          await Promise.all(functions.map(({ pool }) => pool.close()));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('each get their turn beside one that never has enough', async () => {
    const capacity = createCapacity(() => 2);
    const greedy = simulated({ instances: 2 }, 50, capacity);
    const modest = simulated({}, 50, capacity);
    const outcomes: string[] = [];
    for (let count = 0; count < 200; count++) void request(greedy, 100, outcomes);
    await vi.advanceTimersByTimeAsync(1000);
    let waited = -1;
    const asked = performance.now();
    void request(modest, 10, [], () => (waited = performance.now() - asked));
    await vi.advanceTimersByTimeAsync(1000);
    expect(waited).toBeGreaterThanOrEqual(50);
    expect(waited).toBeLessThan(400);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outcomes).toHaveLength(200);
  });

  it('take turns when there are more of them than instances', async () => {
    const capacity = createCapacity(() => 1);
    const [a, b] = [simulated({}, 50, capacity), simulated({}, 50, capacity)];
    const outcomes: string[] = [];
    for (let count = 0; count < 50; count++) void request(a, 100, outcomes);
    await vi.advanceTimersByTimeAsync(300);
    const later: string[] = [];
    for (let count = 0; count < 3; count++) void request(b, 10, later);
    await vi.advanceTimersByTimeAsync(2500);
    expect([a.alive().length + b.alive().length, later.length > 0]).toEqual([1, true]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([outcomes.length, later.length]).toEqual([50, 3]);
  });

  it('lose their longest idle instance to one that needs the room', async () => {
    const capacity = createCapacity(() => 2);
    const [a, b, c] = [simulated({}, 10, capacity), simulated({}, 10, capacity), simulated({}, 10, capacity)];
    for (const one of [a, b]) {
      void request(one, 5, []);
      await vi.advanceTimersByTimeAsync(100);
    }
    void request(c, 5, []);
    await vi.advanceTimersByTimeAsync(100);
    expect([a, b, c].map(({ alive }) => alive().length)).toEqual([0, 1, 1]);
    expect(capacity.count()).toBe(2);
  });
});

describe('minimum instances', () => {
  it('are there before any request, outlast idleness, and are replaced', async () => {
    const fn = simulated({ minInstances: 2, keepAlive: 1 }, 10);
    fn.pool.fill();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fn.instances).toHaveLength(2);
    await fn.alive()[0]!.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect([fn.instances.length, fn.alive().length]).toEqual([3, 2]);
  });

  it('are tried again ever more slowly when they do not start', async () => {
    let broken = true;
    const fn = simulated({ minInstances: 1 }, 10, undefined, () => broken);
    fn.pool.fill();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    // 1, 2, 4 … 60 seconds apart.
    expect(fn.instances.length).toBeGreaterThan(8);
    expect(fn.instances.length).toBeLessThan(20);
    broken = false;
    await vi.advanceTimersByTimeAsync(61_000);
    expect(fn.alive().filter(({ usable }) => usable)).toHaveLength(1);
  });
});

describe('an idle instance', () => {
  it('is kept as long as the traffic makes it worth it', async () => {
    const fn = simulated({ keepAlive: 'auto' }, 100);
    const everyMinutes = async (minutes: number, times: number): Promise<void> => {
      for (let count = 0; count < times; count++) {
        void request(fn, 10, []);
        await vi.advanceTimersByTimeAsync(minutes * 60_000);
      }
    };
    // Ten minutes are kept as long as nothing is known: each of these would be cold for ever.
    await everyMinutes(20, 15);
    const before = fn.instances.length;
    await everyMinutes(20, 10);
    expect(before).toBeGreaterThan(9);
    expect(fn.instances.length - before).toBeLessThanOrEqual(1);
  });

  it('goes soon where requests come close together', async () => {
    const fn = simulated({ keepAlive: 'auto' }, 100);
    for (let count = 0; count < 20; count++) {
      void request(fn, 10, []);
      await vi.advanceTimersByTimeAsync(1000);
    }
    await vi.advanceTimersByTimeAsync(61_000);
    expect(fn.alive()).toHaveLength(0);
  });

  it('is kept between a minute and an hour, whatever was seen', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 600 }), (seconds) => {
        const times = createIdleTimes();
        for (const one of seconds) times.observe(one);
        const keep = times.keepFor();
        expect(keep).toBeGreaterThanOrEqual(60);
        expect(keep).toBeLessThanOrEqual(3600);
        if (seconds.length < 10) expect(keep).toBe(600);
      }),
    );
  });
});

describe('a pool that drains', () => {
  it('serves what waits, takes nothing new, and is done when all have gone', async () => {
    const fn = simulated({ instances: 1 }, 10);
    const outcomes: string[] = [];
    for (let count = 0; count < 5; count++) void request(fn, 100, outcomes);
    await vi.advanceTimersByTimeAsync(50);
    let drained = false;
    void fn.pool.drain().then(() => (drained = true));
    await request(fn, 1, outcomes);
    expect(outcomes).toEqual(['STOPPING']);
    await vi.advanceTimersByTimeAsync(300);
    expect(drained).toBe(false);
    await vi.advanceTimersByTimeAsync(300);
    expect([drained, outcomes.filter((one) => one === 'served').length, fn.alive().length]).toEqual([
      true,
      5,
      0,
    ]);
  });

  it('is done at once without instances, and after its idle ones otherwise', async () => {
    const empty = simulated({}, 10);
    await empty.pool.drain();
    const idle = simulated({ minInstances: 2 }, 10);
    idle.pool.fill();
    await vi.advanceTimersByTimeAsync(20);
    await idle.pool.drain();
    expect(idle.alive()).toHaveLength(0);
  });

  it('is done although what waits cannot be served', async () => {
    const fn = simulated({ instances: 1 }, 10, undefined, () => true);
    const outcomes: string[] = [];
    void request(fn, 1, outcomes);
    const drained = fn.pool.drain();
    await vi.advanceTimersByTimeAsync(50);
    await drained;
    expect(outcomes).toEqual(['does not start']);
  });
});

describe('a full queue', () => {
  it('says when another try may do better', async () => {
    const fn = simulated({ instances: 1, queueLength: 20 }, 10);
    const outcomes: string[] = [];
    void request(fn, 1000, outcomes);
    await vi.advanceTimersByTimeAsync(2000);
    for (let count = 0; count < 21; count++) void request(fn, 1000, outcomes);
    await expect(fn.pool.acquire()).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      status: 429,
      retryAfter: 20,
    });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(outcomes).toHaveLength(22);
  });
});
