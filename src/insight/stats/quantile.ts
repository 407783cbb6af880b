/** The values in ascending order, as a copy without boxed numbers. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The value below which this share (0 to 1) of sorted values lies, between two values in proportion (type 7 of Hyndman and
 * Fan, what NumPy and R do unasked). 0 when there are no values.
 */
export function quantile(sortedValues: ArrayLike<number>, share: number): number {
  const last = sortedValues.length - 1;
  if (last < 0) return 0;
  const place = Math.min(1, Math.max(0, share)) * last;
  const below = Math.floor(place);
  const low = sortedValues[below]!;
  const high = sortedValues[Math.min(last, below + 1)]!;
  return low + (high - low) * (place - below);
}

/** The middle of values in any order. */
export function median(values: ArrayLike<number>): number {
  return quantile(sorted(values), 0.5);
}

/** 0 when there are no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return values.length === 0 ? 0 : sum / values.length;
}
