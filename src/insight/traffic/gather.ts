import type { Random } from '../stats/random.ts';

/** Requests as they are read, in whatever order, in typed arrays that grow. */
export interface Gathering {
  readonly count: number;
  /** `route`: -1 when it is none of those that were measured. */
  add(time: number, route: number): void;
  /** From 0 on, in order. `wholeSeconds`: times were cut to seconds, and are spread over theirs by chance. */
  sorted(wholeSeconds: boolean, random: Random): { at: Float64Array; routes: Int16Array; seconds: number };
}

export function createGathering(): Gathering {
  let times = new Float64Array(1024);
  let routes = new Int16Array(1024);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add: (time, route) => {
      if (count === times.length) {
        const [more, moreRoutes] = [new Float64Array(2 * count), new Int16Array(2 * count)];
        more.set(times);
        moreRoutes.set(routes);
        [times, routes] = [more, moreRoutes];
      }
      times[count] = time;
      routes[count] = route;
      count += 1;
    },
    sorted: (wholeSeconds, random) => {
      const kept = times.subarray(0, count);
      let first = Infinity;
      for (const time of kept) if (time < first) first = time;
      if (wholeSeconds) for (let place = 0; place < count; place += 1) kept[place]! += random();
      const order = inOrder(kept);
      const at = new Float64Array(count);
      const ordered = new Int16Array(count);
      for (let place = 0; place < count; place += 1) {
        const from = order === undefined ? place : order[place]!;
        at[place] = kept[from]! - first;
        ordered[place] = routes[from]!;
      }
      return { at, routes: ordered, seconds: count === 0 ? 0 : Math.max(at[count - 1]!, 1e-3) };
    },
  };
}

/** Undefined when they are in order already. */
function inOrder(times: Float64Array): Uint32Array | undefined {
  let isSorted = true;
  for (let place = 1; place < times.length && isSorted; place += 1)
    isSorted = times[place - 1]! <= times[place]!;
  if (isSorted) return undefined;
  const order = new Uint32Array(times.length);
  for (let place = 0; place < order.length; place += 1) order[place] = place;
  return order.sort((a, b) => times[a]! - times[b]! || a - b);
}
