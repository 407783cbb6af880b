import { pause } from './retry.ts';

export interface PollOptions {
  signal: AbortSignal;
  /** Milliseconds after which `tooLate` is thrown; default five minutes. */
  withinMs?: number;
  /** Before the second look; default 100. Each next wait is half as long again. */
  firstMs?: number;
  /** No wait takes longer; default 3,000. */
  mostMs?: number;
  /** What to throw when it takes too long. */
  tooLate(): Error;
}

/** Looks until there is something to see. Rejects with what `look` throws, with `tooLate`, or with the signal's reason. */
export async function pollUntil<T>(look: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const { signal, withinMs = 300_000, firstMs = 100, mostMs = 3000, tooLate } = options;
  const end = Date.now() + withinMs;
  for (let waitMs = firstMs; ; waitMs = Math.min(mostMs, waitMs * 1.5)) {
    signal.throwIfAborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= end) throw tooLate();
    await pause(waitMs, signal);
  }
}
