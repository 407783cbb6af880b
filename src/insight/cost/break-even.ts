/** Where the cheaper one of two changes: from `requestsPerDay` on `cheaper` is. */
export interface Crossing {
  requestsPerDay: number;
  cheaper: 'function' | 'server';
}

/** Requests a day that are looked at. */
export const MOST_PER_DAY = 1e10;
/** Steps of traffic in which a change is looked for, for each tenfold. */
const STEPS_PER_TENFOLD = 200;

/**
 * Finds every traffic at which the other one becomes cheaper, to the request: below the number the one is cheaper, at it the other. At the
 * same cost the function counts as cheaper. Two changes within one step of 1.2 % are none.
 */
export function findCrossings(
  costOfFunctions: (requestsPerDay: number) => number,
  costOfServer: (requestsPerDay: number) => number,
): { crossings: Crossing[]; first: 'function' | 'server' } {
  const cheaper = (requestsPerDay: number): 'function' | 'server' =>
    costOfFunctions(requestsPerDay) <= costOfServer(requestsPerDay) ? 'function' : 'server';
  const first = cheaper(0);
  const crossings: Crossing[] = [];
  let [low, atLow] = [0, first];
  for (const high of traffics()) {
    const atHigh = cheaper(high);
    if (atHigh !== atLow)
      crossings.push({ requestsPerDay: firstWith(atHigh, low, high, cheaper), cheaper: atHigh });
    [low, atLow] = [high, atHigh];
  }
  return { crossings, first };
}

/** Whole numbers, each a small step above the one before. */
function traffics(): number[] {
  const all = new Set<number>();
  const steps = Math.log10(MOST_PER_DAY) * STEPS_PER_TENFOLD;
  for (let step = 0; step <= steps; step += 1) all.add(Math.round(10 ** (step / STEPS_PER_TENFOLD)));
  return [...all];
}

function firstWith<T>(wanted: T, below: number, from: number, at: (value: number) => T): number {
  let [low, high] = [below, from];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (at(middle) === wanted) high = middle;
    else low = middle;
  }
  return high;
}
