/** Numbers from 0 up to and without 1. */
export type Random = () => number;

/** The same numbers for the same seed, on every machine (sfc32). */
export function seededRandom(seed: number): Random {
  let a = 0x9e37_79b9 | 0;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Seeds that differ in one bit only must not begin alike.
  for (let count = 0; count < 16; count++) next();
  return next;
}

/** The same items in a random order; the list that was given stays as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other]!, list[last]!];
  }
  return list;
}
