/** Values that are kept of a stream: enough for a 99.9th percentile. */
const KEPT = 20_000;

export interface Reservoir {
  add(value: number): void;
  values(): number[];
}

/** A fair sample of a stream, in bounded memory: all of a short one; the same for the same stream (algorithm R). */
export function createReservoir(most: number = KEPT): Reservoir {
  const kept: number[] = [];
  let seen = 0;
  let state = 0x9e3779b9;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    add: (value) => {
      seen += 1;
      if (kept.length < most) kept.push(value);
      else {
        const place = Math.floor(random() * seen);
        if (place < most) kept[place] = value;
      }
    },
    values: () => [...kept],
  };
}
