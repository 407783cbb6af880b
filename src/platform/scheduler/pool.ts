import { InvocationError } from '../errors.ts';
import { learn, worthStarting } from './worth-starting.ts';

/** What the pool needs to know of an instance. */
export interface Poolable {
  ready: Promise<unknown>;
  /** False once it has failed or ended: it must get no further request. */
  readonly usable: boolean;
  /** What it has besides its requests: as long as there is one, it is not idle. */
  readonly connections?: number;
  exited: Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

export interface PoolOptions<I extends Poolable> {
  /** Starts a fresh instance. Must not throw. */
  start(): I;
  limits(): PoolLimits;
  /** Instances that may be loading at once. */
  startsAtOnce(): number;
  /** Milliseconds that a start takes; undefined when that is not known yet. */
  startMs(): number | undefined;
}

export interface PoolLimits {
  instances: number;
  concurrency: number;
  queueLength: number;
  /** Seconds. */
  queueTimeout: number;
  /** Seconds. */
  keepAlive: number;
}

/** The right to one request on an instance. */
export interface Lease<I> {
  instance: I;
  /** The instance was made for requests that waited, and this is its first. */
  cold: boolean;
  /** Gives the instance back; call it exactly once. */
  release(): void;
}

export interface AcquireOptions {
  /** A new instance for this request, whatever is idle. */
  fresh?: boolean;
  /** Takes what is to be called when the client has gone: it waits no longer. Only if it has to wait. */
  onGone?(listener: () => void): void;
}

export interface Pool<I extends Poolable> {
  /** An idle instance, a new one, or a place in the queue. Rejects with an `InvocationError`. */
  acquire(options?: AcquireOptions): Promise<Lease<I>>;
  /** Makes an instance ahead of any request, so that the first is not cold. */
  prestart(instance?: I): I;
  /** From now on only new instances; idle ones end at once, busy ones after what they serve. */
  retire(): void;
  /** Without those that are retired. */
  instances(): I[];
  /** Ends everything now; waiting requests get STOPPING. */
  close(): Promise<void>;
}

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
}

interface Waiter<I> {
  fresh: boolean;
  /** As performance.now() tells. */
  since: number;
  resolve(lease: Lease<I>): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

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
        if (member.retired) remove(member);
        else if (members.has(member)) offer(member);
        pump();
      },
      (error: Error) => {
        remove(member);
        if (!member.retired) rejectWaiters(error, member);
        pump();
      },
    );
    void instance.exited.then(() => {
      remove(member);
      pump();
    });
  };

  const remove = (member: Member<I>): void => {
    if (!members.delete(member)) return;
    clearTimeout(member.idleTimer);
    free = free.filter((other) => other !== member);
    const end = member.instance.stop().finally(() => ending.delete(end));
    ending.add(end);
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
    return waiter;
  };

  const reapLater = (member: Member<I>): void => {
    const reap = (): void => {
      if ((member.instance.connections ?? 0) > 0) reapLater(member);
      else remove(member);
    };
    member.idleTimer = setTimeout(reap, options.limits().keepAlive * 1000);
    member.idleTimer.unref();
  };

  const offer = (member: Member<I>): void => {
    if (member.active === 0) {
      clearTimeout(member.idleTimer);
      reapLater(member);
    }
    if (!free.includes(member)) free.push(member);
  };

  /** An idle instance can end by itself (killed by hand); its process tells a little later. */
  const dropUnusable = (): void => {
    for (const member of free.filter(({ instance }) => !instance.usable)) remove(member);
  };

  const lease = (member: Member<I>): Lease<I> => {
    clearTimeout(member.idleTimer);
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
      },
    };
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
    const current = counted();
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
      add(options.start(), true, waiter);
    }
    const unreserved = starting.filter((member) => member.reservedFor === undefined).length;
    const plain = queue.filter((waiter) => !waiter.fresh);
    if (room <= 0 || starts <= 0 || plain.length === 0 || !isWorthIt(plain)) return;
    const missing = Math.ceil(plain.length / limits.concurrency) - unreserved;
    for (let made = Math.min(missing, room, starts); made > 0; made -= 1) add(options.start(), true);
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

  const acquire = ({ fresh = false, onGone }: AcquireOptions = {}): Promise<Lease<I>> => {
    if (closed) return Promise.reject(new InvocationError('STOPPING', 'the platform is stopping'));
    dropUnusable();
    const member =
      fresh || queue.length > 0 ? undefined : free.findLast((one) => one.reservedFor === undefined);
    if (member !== undefined) return Promise.resolve(lease(member));
    const limits = options.limits();
    if (queue.length >= limits.queueLength) {
      const message = `${queue.length} requests wait already, the most that may (queueLength)`;
      return Promise.reject(new InvocationError('QUEUE_FULL', message));
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter<I> = {
        fresh,
        since: performance.now(),
        resolve,
        reject,
        timer: setTimeout(() => {
          const message = `no instance became free within ${limits.queueTimeout} s (queueTimeout)`;
          leave(waiter)?.reject(new InvocationError('QUEUE_TIMEOUT', message));
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
    instances: () => counted().map((member) => member.instance),
    close: async () => {
      closed = true;
      clearTimeout(secondLook);
      const stopping = new InvocationError('STOPPING', 'the platform is stopping');
      for (const waiter of [...queue]) leave(waiter)?.reject(stopping);
      const all = [...members];
      for (const member of all) {
        clearTimeout(member.idleTimer);
        if (member.active > 0 || !member.started) member.instance.kill();
        else void member.instance.stop();
      }
      members.clear();
      free = [];
      await Promise.all([...ending, ...all.map((member) => member.instance.exited)]);
    },
  };
}
