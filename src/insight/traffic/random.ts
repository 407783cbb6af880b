/** Numbers from 0 to below 1; the same for the same seed (sfc32 by Chris Doty-Humphrey, 2^128 states). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, (seed / 2 ** 32) | 0, 0x2545f491, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Seeds that are alike begin alike.
  for (let drop = 0; drop < 15; drop += 1) next();
  return next;
}

/** From an exponential distribution with mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}
