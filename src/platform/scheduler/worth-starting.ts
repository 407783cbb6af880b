/** What is known of a function's instances, in milliseconds; undefined as long as there was none. */
export interface Experience {
  /** From the start of an instance until it was ready. */
  startMs: number | undefined;
  /** From the lease of an instance until its release. */
  serviceMs: number | undefined;
}

/** What waits now, and for what. */
export interface Waiting {
  requests: number;
  /** How long the first of them has waited, in milliseconds. */
  longestMs: number;
  /** Requests that the instances there are serve at once. */
  places: number;
}

/** Starts as quick as this are made without a thought. */
const CHEAP_MS = 50;
/** The weight of the last observation. */
const WEIGHT = 0.2;

/**
 * Whether the requests that wait are better off with one more instance: not when those that there are will have
 * served them all before it has loaded the app, which also would take the processor from them. Once a request has
 * waited as long as a start takes, the expectation was wrong, and an instance is worth it.
 */
export function worthStarting(seen: Experience, waiting: Waiting): boolean {
  const { startMs, serviceMs } = seen;
  if (waiting.places === 0 || startMs === undefined || serviceMs === undefined || startMs < CHEAP_MS)
    return true;
  if (waiting.longestMs >= startMs) return true;
  return (waiting.requests * serviceMs) / waiting.places > startMs;
}

/** The moving average with one more observation. */
export function learn(average: number | undefined, observed: number): number {
  return average === undefined ? observed : average + WEIGHT * (observed - average);
}
