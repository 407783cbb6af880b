import type { Arrivals } from '../traffic/types.ts';
import type { Workload } from '../workload/types.ts';

/** How requests are given to instances. Times in milliseconds unless a name says otherwise. */
export interface Policy {
  name: string;
  kind: 'function' | 'server';
  /**
   * `local`: as our platform does: requests wait in one queue, an instance is started when it is worth it. `cloud`: as AWS Lambda does:
   * a request that finds no free instance gets a new one for itself, or is turned away.
   */
  scheduler: 'local' | 'cloud';
  /** At once, at most. */
  instances: number;
  /** Kept ready from the beginning. */
  minInstances: number;
  /** There at the beginning without being kept ready, as after a deployment. Default 0. */
  warmAtStart?: number;
  /** Requests at once in an instance. */
  concurrency: number;
  queueLength: number;
  queueTimeoutMs: number;
  /** Of an idle instance; `auto`: learned, as on our platform. */
  keepAliveMs: number | 'auto';
  /** Instances that may be loading at once. */
  startsAtOnce: number;
  /** Starts are copies of a loaded process: the platform starts one whenever a request waits. */
  cheapStarts: boolean;
  /** Further instances in ten seconds, at most, after as many at once. */
  startsPer10s: number;
  /** Cores that all instances share. Infinity: each has what it was measured with. */
  cores: number;
  /** Memory of an instance in MB. */
  memoryMb: number;
}

/** The rules of our platform's scheduler, handed in so that what is simulated is what runs. */
export interface SchedulerRules {
  createIdleTimes(): { observe(seconds: number): void; keepFor(): number };
  worthStarting(
    seen: { startMs: number | undefined; serviceMs: number | undefined },
    waiting: { requests: number; longestMs: number; places: number },
  ): boolean;
  learn(average: number | undefined, observed: number): number;
}

export interface SimulateOptions {
  workload: Workload;
  arrivals: Arrivals;
  policies: Policy[];
  rules: SchedulerRules;
  seed: number;
  /** Share of each route in requests that the trace does not say a route of; default: the routes' weights. */
  mix?: number[];
  /**
   * Share of a route's time that is processor time (0 to 1), the rest is waiting. It matters when instances share cores, or requests an
   * instance. Default 1.
   */
  cpuShare?: (route: string) => number;
}
