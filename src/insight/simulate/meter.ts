/** Parts of the time for which means are told. */
const STEPS = 120;

/** What is there at a moment. */
export interface Level {
  instances: number;
  busy: number;
  waiting: number;
}

export interface Meter {
  /** Up to this moment (ms) it was as it was last set. */
  until(time: number): void;
  readonly level: Level;
  /** Instance-milliseconds up to the last moment. */
  readonly instanceMs: number;
  readonly busyMs: number;
  readonly peak: number;
  series(): { at: number; instances: number; busy: number; waiting: number }[];
}

/** Adds up how many instances there are, and how many of them are busy, over the time of a simulation. */
export function createMeter(totalMs: number): Meter {
  const level: Level = { instances: 0, busy: 0, waiting: 0 };
  const stepMs = Math.max(totalMs, 1e-3) / STEPS;
  const sums = {
    instances: new Float64Array(STEPS),
    busy: new Float64Array(STEPS),
    waiting: new Float64Array(STEPS),
  };
  let last = 0;
  let step = 0;
  let instanceMs = 0;
  let busyMs = 0;
  let peak = 0;
  const addTo = (step: number, ms: number): void => {
    sums.instances[step]! += level.instances * ms;
    sums.busy[step]! += level.busy * ms;
    sums.waiting[step]! += level.waiting * ms;
  };
  return {
    level,
    get instanceMs() {
      return instanceMs;
    },
    get busyMs() {
      return busyMs;
    },
    get peak() {
      return peak;
    },
    until: (time) => {
      if (level.instances > peak) peak = level.instances;
      if (time <= last) return;
      instanceMs += level.instances * (time - last);
      busyMs += level.busy * (time - last);
      // What is over when the traffic is, is in the sums and not in the picture.
      const end = Math.min(time, totalMs);
      while (last < end) {
        const stepEnd = step === STEPS - 1 ? Infinity : (step + 1) * stepMs;
        addTo(step, Math.min(end, stepEnd) - last);
        last = Math.min(end, stepEnd);
        if (last === stepEnd) step += 1;
      }
      last = time;
    },
    series: () =>
      Array.from({ length: STEPS }, (_, step) => ({
        at: (step * stepMs) / 1000,
        instances: sums.instances[step]! / stepMs,
        busy: sums.busy[step]! / stepMs,
        waiting: sums.waiting[step]! / stepMs,
      })),
  };
}
