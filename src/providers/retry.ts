import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Ends the waiting; what is being done ends itself. */
  signal: AbortSignal;
  /** Whether what went wrong may go right when it is tried again. */
  isPassing(error: unknown): boolean;
  /** Tries in all; default 8: some 40 seconds of waiting at most, half of it on average. */
  tries?: number;
  /** Milliseconds that the first wait may take; default 200. Each next one may take twice as long. */
  firstMs?: number;
  /** No wait takes longer; default 10,000. */
  mostMs?: number;
  /** 0 to 1; default `Math.random`. */
  random?(): number;
}

/**
 * Does it until it goes right or fails in a way that will not pass. Waits a random part of a time that doubles (full jitter), so that
 * many who were refused at once do not come back at once. Rejects with the last error, or with the signal's reason.
 */
export async function retrying<T>(act: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, isPassing, tries = 8, firstMs = 200, mostMs = 10_000, random = Math.random } = options;
  for (let tried = 1; ; tried += 1) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      if (tried >= tries || !isPassing(error)) throw error;
    }
    await pause(random() * Math.min(mostMs, firstMs * 2 ** (tried - 1)), signal);
  }
}

/** Waits so many milliseconds. Rejects with the signal's reason as soon as there is one. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
