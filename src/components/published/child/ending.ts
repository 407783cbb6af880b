import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 50;

/** So long without a request under way means that what keeps the process alive is not work. */
const QUIET_STEPS = 20;

/** A request that is not answered by then (a long poll) is not waited for. */
const MOST_STEPS = 1200;

/**
 * Waits for what the component began and did not wait for: some send a last request without `await`. Resolves when nothing
 * is left to do in this process, or when no request has been under way for a while (a timer or a server may be left).
 */
export async function whenQuiet(openRequests: () => number): Promise<void> {
  const empty = new Promise<void>((resolve) => {
    process.once('beforeExit', () => resolve());
  });
  await Promise.race([empty, whenNoRequests(openRequests)]);
}

async function whenNoRequests(openRequests: () => number): Promise<void> {
  let quiet = 0;
  for (let step = 0; step < MOST_STEPS && quiet < QUIET_STEPS; step += 1) {
    await sleep(STEP_MS, undefined, { ref: false });
    quiet = openRequests() === 0 ? quiet + 1 : 0;
  }
}
