/** Observations without which nothing can be said. */
const ENOUGH = 10;
/** What is kept: older ones say less and less. */
const KEPT = 256;
/** Seconds that an idle instance is kept as long as too little is known. */
const UNKNOWN_S = 600;
/** The seconds are never fewer, never more. */
const LEAST_S = 60;
const MOST_S = 3600;
/** The share of idle times that an instance is to outlast, and what is added to the time that does it. */
const SHARE = 0.99;
const MARGIN = 1.25;

/** How long a function's instances were idle before they were wanted again. */
export interface IdleTimes {
  observe(seconds: number): void;
  /** Seconds for which keeping an idle instance is worth it. */
  keepFor(): number;
}

/**
 * Learns from the last 256 idle times, as Shahrad et al., "Serverless in the Wild" (USENIX ATC 2020) propose: an instance is
 * kept a little longer than 99 % of them took, between a minute and an hour; ten minutes until ten are known. Idle
 * times over an hour are not worth waiting for and count as if nothing had been kept.
 */
export function createIdleTimes(): IdleTimes {
  const seen: number[] = [];
  let next = 0;
  let keep = UNKNOWN_S;
  return {
    observe: (seconds) => {
      seen[next] = seconds;
      next = (next + 1) % KEPT;
      // Sorting is dear beside a short request.
      if (seen.length < ENOUGH || (seen.length === KEPT && next % 16 !== 0)) return;
      keep = keepFor(seen);
    },
    keepFor: () => keep,
  };
}

function keepFor(seen: number[]): number {
  const worth = seen.filter((seconds) => seconds <= MOST_S).sort((a, b) => a - b);
  const longest = worth[Math.ceil(worth.length * SHARE) - 1] ?? 0;
  return Math.min(MOST_S, Math.max(LEAST_S, longest * MARGIN));
}
