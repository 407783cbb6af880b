import type { Capacity } from './capacity.ts';

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
  /** What all functions of the machine share. Default: as much as wanted. */
  capacity?: Capacity;
}

export interface PoolLimits {
  instances: number;
  /** Instances that are there even when nothing is to be done. Default 0. */
  minInstances?: number;
  concurrency: number;
  queueLength: number;
  /** Seconds. */
  queueTimeout: number;
  /** Seconds that an idle instance is kept; `auto`: learned from how long they are idle (`idle-times.ts`). */
  keepAlive: number | 'auto';
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
  /** Makes what `minInstances` asks for; what ends later is replaced. */
  fill(): void;
  /** Without those that are retired. */
  instances(): I[];
  /** Requests that wait, and requests that are being served. */
  load(): { waiting: number; active: number };
  /** Serves what waits, ends instances as they become free; resolves when none is left. Nothing may be acquired any more. */
  drain(): Promise<void>;
  /** Ends everything now; waiting requests get STOPPING. */
  close(): Promise<void>;
}
