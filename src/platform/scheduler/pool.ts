import { InvocationError } from '../errors.ts';
import { createCapacity } from './capacity.ts';
import { createIdleTimes } from './idle-times.ts';
import type { AcquireOptions, Lease, Pool, Poolable, PoolOptions } from './types.ts';
import { learn, worthStarting } from './worth-starting.ts';

interface Member<I> {
  instance: I;
  active: number;
  started: boolean;
  /** Starts on demand have their first request cold. */
  cold: boolean;
  retired: boolean;
  /** Reserved for one waiting request that asked for a fresh instance. */
  reservedFor?: Waiter<I>;
  idleTimer?: NodeJS.Timeout;
  /** As performance.now() tells; undefined while it serves. */
  idleSince?: number | undefined;
}

interface Waiter<I> {
  fresh: boolean;
  /** As performance.now() tells. */
  since: number;
  resolve(lease: Lease<I>): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Milliseconds until an instance that `minInstances` asks for and that did not start is tried again: first, and at most. */
const RETRY_MS = 1000;
const MOST_RETRY_MS = 60_000;
/** Milliseconds that a busy instance has to settle when the pool is closed, and how often it is looked at. */
const SETTLE_MS = 200;
const POLL_MS = 10;

/**
 * The instances of one function: reuse the most recently used, scale out while requests wait (one
 * start per waiting request, within the limits), queue first in first out, reap the idle.
 */
export function createPool<I extends Poolable>(options: PoolOptions<I>): Pool<I> {
  const members = new Set<Member<I>>();
  /** Idle or partly free members, the most recently used last. */
  let free: Member<I>[] = [];
  const queue: Waiter<I>[] = [];
  let closed = false;
  let draining = false;
  let drained: (() => void) | undefined;
  /** Starts ahead that failed in a row. */
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;
  const idleTimes = createIdleTimes();
  /** Since when there has been no instance at all, because the last was idle for too long. */
  let emptySince: number | undefined;
  /** From the lease of an instance until its release, on average. */
  let serviceMs: number | undefined;
  /** Looks again at requests for which no instance was started at first. */
  let secondLook: NodeJS.Timeout | undefined;
  /** Instances on their way out, for close() to wait for. */
  const ending = new Set<Promise<unknown>>();

  const counted = (): Member<I>[] => [...members].filter((member) => !member.retired);

  const add = (instance: I, cold: boolean, reservedFor?: Waiter<I>): void => {
    const member: Member<I> = { instance, active: 0, started: false, cold, retired: false };
    if (reservedFor !== undefined) member.reservedFor = reservedFor;
    members.add(member);
    instance.ready.then(
      () => {
        member.started = true;
        failures = 0;
        if (member.retired) remove(member);
        else if (members.has(member)) offer(member);
        pump();
      },
      (error: Error) => {
        failures += 1;
        if (!member.retired) rejectWaiters(error, member);
        remove(member);
        pump();
      },
    );
    void instance.exited.then(() => {
      remove(member);
      pump();
    });
  };

  const fill = (): void => {
    clearTimeout(retry);
    if (closed || draining) return;
    const missing = (options.limits().minInstances ?? 0) - counted().length;
    if (missing <= 0) return;
    if (failures === 0) {
      for (let made = 0; made < missing && share.mayStart(); made += 1) add(options.start(), false);
      return;
    }
    const failed = failures;
    retry = setTimeout(
      () => {
        if (failures === failed && share.mayStart()) add(options.start(), false);
      },
      Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** (failed - 1)),
    );
    retry.unref();
  };

  const remove = (member: Member<I>): void => {
    if (!members.delete(member)) return;
    clearTimeout(member.idleTimer);
    free = free.filter((other) => other !== member);
    const end = member.instance.stop().finally(() => ending.delete(end));
    ending.add(end);
    if (members.size === 0) emptySince = member.idleSince;
    checkDrained();
    share.freed();
    fill();
  };

  /** Its app may end in its own way, unless it is in the middle of something. */
  const end = async (member: Member<I>): Promise<void> => {
    clearTimeout(member.idleTimer);
    // Its client may have the whole answer before we do.
    for (let waited = 0; member.started && member.active > 0 && waited < SETTLE_MS; waited += POLL_MS) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    if (member.active > 0 || !member.started) member.instance.kill();
    else void member.instance.stop();
  };

  const checkDrained = (): void => {
    if (members.size === 0 && queue.length === 0) drained?.();
  };

  /** A failed start fails everyone who could only have been served by it. */
  const rejectWaiters = (error: Error, member: Member<I>): void => {
    const healthy = counted().some((other) => other.started);
    const hit = member.reservedFor ? [member.reservedFor] : healthy ? queue.slice(0, 1) : [...queue];
    for (const waiter of hit) leave(waiter)?.reject(error);
  };

  const leave = (waiter: Waiter<I>): Waiter<I> | undefined => {
    clearTimeout(waiter.timer);
    const place = queue.indexOf(waiter);
    if (place === -1) return undefined;
    queue.splice(place, 1);
    checkDrained();
    return waiter;
  };

  const reapLater = (member: Member<I>): void => {
    const limits = options.limits();
    const reap = (): void => {
      if (mayLose(member)) remove(member);
      else reapLater(member);
    };
    const seconds = limits.keepAlive === 'auto' ? idleTimes.keepFor() : limits.keepAlive;
    member.idleTimer = setTimeout(reap, seconds * 1000);
    member.idleTimer.unref();
  };

  const mayLose = (member: Member<I>): boolean =>
    (member.instance.connections ?? 0) === 0 && counted().length > (options.limits().minInstances ?? 0);

  const offer = (member: Member<I>): void => {
    if (member.active === 0) {
      // What was made for a request serves it first.
      if ((queue.length === 0 && isOver(member)) || (!member.cold && share.mustYield())) {
        remove(member);
        return;
      }
      clearTimeout(member.idleTimer);
      member.idleSince = performance.now();
      reapLater(member);
    }
    if (!free.includes(member)) free.push(member);
  };

  /** Nothing more will come for it. */
  const isOver = (member: Member<I>): boolean => draining && (member.instance.connections ?? 0) === 0;

  /** An idle instance can end by itself (killed by hand); its process tells a little later. */
  const dropUnusable = (): void => {
    for (const member of free.filter(({ instance }) => !instance.usable)) remove(member);
  };

  const lease = (member: Member<I>): Lease<I> => {
    clearTimeout(member.idleTimer);
    // Its first request is what it was made for.
    if (!member.cold) noteIdle(member.idleSince);
    member.idleSince = undefined;
    member.active += 1;
    const cold = member.cold;
    member.cold = false;
    delete member.reservedFor;
    if (member.active >= options.limits().concurrency) free = free.filter((other) => other !== member);
    let released = false;
    const began = performance.now();
    return {
      instance: member.instance,
      cold,
      release: () => {
        if (released) return;
        released = true;
        serviceMs = learn(serviceMs, performance.now() - began);
        member.active -= 1;
        if (!members.has(member)) return;
        if (!member.instance.usable || (member.retired && member.active === 0)) remove(member);
        else if (!member.retired) offer(member);
        pump();
        if (member.idleSince !== undefined) share.freed();
      },
    };
  };

  const noteIdle = (since: number | undefined): void => {
    if (since !== undefined) idleTimes.observe((performance.now() - since) / 1000);
  };

  const takeFor = (waiter: Waiter<I>): Member<I> | undefined =>
    waiter.fresh
      ? free.find((member) => member.reservedFor === waiter)
      : free.findLast((member) => member.reservedFor === undefined);

  /** Matches waiting requests with free instances, then starts what is still missing. */
  const pump = (): void => {
    if (closed || queue.length === 0) return;
    for (const waiter of [...queue]) {
      // A burst must not look at each of those that wait for each of them.
      if (free.length === 0) break;
      const member = takeFor(waiter);
      if (member !== undefined) leave(waiter)?.resolve(lease(member));
    }
    scaleOut();
  };

  const scaleOut = (): void => {
    if (queue.length === 0) return;
    const current = counted();
    if (current.length === 0) noteIdle(emptySince);
    emptySince = undefined;
    const starting = current.filter((member) => !member.started);
    const limits = options.limits();
    let room = limits.instances - current.length;
    let starts = options.startsAtOnce() - starting.length;
    for (const waiter of queue) {
      if (starts <= 0) return;
      if (!waiter.fresh || starting.some((member) => member.reservedFor === waiter)) continue;
      const idle = free.find((member) => member.active === 0);
      if (room <= 0 && idle === undefined) continue;
      if (room <= 0) remove(idle!);
      else room -= 1;
      starts -= 1;
      if (!share.mayStart()) return;
      add(options.start(), true, waiter);
    }
    const unreserved = starting.filter((member) => member.reservedFor === undefined).length;
    const plain = queue.filter((waiter) => !waiter.fresh);
    if (room <= 0 || starts <= 0 || plain.length === 0 || !isWorthIt(plain)) return;
    const missing = Math.ceil(plain.length / limits.concurrency) - unreserved;
    for (let made = Math.min(missing, room, starts); made > 0 && share.mayStart(); made -= 1) {
      add(options.start(), true);
    }
  };

  const isWorthIt = (waiting: Waiter<I>[]): boolean => {
    const started = counted().filter((member) => member.started).length;
    const longestMs = performance.now() - waiting[0]!.since;
    const places = started * options.limits().concurrency;
    const startMs = options.startMs();
    if (worthStarting({ startMs, serviceMs }, { requests: waiting.length, longestMs, places })) return true;
    clearTimeout(secondLook);
    secondLook = setTimeout(pump, startMs! - longestMs + 1);
    secondLook.unref();
    return false;
  };

  /** Seconds until what waits now will have been served, as far as can be told. */
  const retryAfter = (): number => {
    const places = Math.max(1, counted().length) * options.limits().concurrency;
    return Math.min(60, Math.max(1, Math.ceil((queue.length * (serviceMs ?? 0)) / places / 1000)));
  };

  const share = (options.capacity ?? createCapacity()).join({
    count: () => counted().length,
    waitingSince: () => queue[0]?.since,
    idleSince: () => longestIdle()?.idleSince,
    dropIdle: () => {
      const member = longestIdle();
      if (member !== undefined) remove(member);
    },
    pump: () => pump(),
  });
  /** `free` has the one that was used last at its end. */
  const longestIdle = (): Member<I> | undefined =>
    free.find((one) => one.idleSince !== undefined && one.reservedFor === undefined && mayLose(one));

  const acquire = ({ fresh = false, onGone }: AcquireOptions = {}): Promise<Lease<I>> => {
    if (closed || draining)
      return Promise.reject(new InvocationError('STOPPING', 'the platform is stopping'));
    dropUnusable();
    const member =
      fresh || queue.length > 0 ? undefined : free.findLast((one) => one.reservedFor === undefined);
    if (member !== undefined) return Promise.resolve(lease(member));
    const limits = options.limits();
    if (queue.length >= limits.queueLength) {
      const message = `${queue.length} requests wait already, the most that may (queueLength)`;
      return Promise.reject(new InvocationError('QUEUE_FULL', message, undefined, retryAfter()));
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter<I> = {
        fresh,
        since: performance.now(),
        resolve,
        reject,
        timer: setTimeout(() => {
          const message = `no instance became free within ${limits.queueTimeout} s (queueTimeout)`;
          leave(waiter)?.reject(new InvocationError('QUEUE_TIMEOUT', message, undefined, retryAfter()));
        }, limits.queueTimeout * 1000),
      };
      onGone?.(() =>
        leave(waiter)?.reject(new InvocationError('CLIENT_CLOSED', 'the client closed the connection')),
      );
      queue.push(waiter);
      pump();
    });
  };

  return {
    acquire,
    prestart: (instance = options.start()) => {
      add(instance, false);
      return instance;
    },
    retire: () => {
      for (const member of [...members]) {
        member.retired = true;
        free = free.filter((other) => other !== member);
        if (member.active === 0) remove(member);
      }
      pump();
    },
    fill,
    instances: () => counted().map((member) => member.instance),
    load: () => {
      let active = 0;
      for (const member of members) active += member.active;
      return { waiting: queue.length, active };
    },
    drain: () => {
      draining = true;
      clearTimeout(retry);
      return new Promise((resolve) => {
        drained = () => {
          share.leave();
          void Promise.all(ending).then(() => resolve());
        };
        checkDrained();
        const rest = [...members].filter((one) => one.active === 0 && one.started && isOver(one));
        if (queue.length === 0) for (const member of rest) remove(member);
      });
    },
    close: async () => {
      closed = true;
      share.leave();
      clearTimeout(secondLook);
      clearTimeout(retry);
      const stopping = new InvocationError('STOPPING', 'the platform is stopping');
      for (const waiter of [...queue]) leave(waiter)?.reject(stopping);
      const all = [...members];
      members.clear();
      free = [];
      for (const member of all) void end(member);
      await Promise.all([...ending, ...all.map((member) => member.instance.exited)]);
    },
  };
}
