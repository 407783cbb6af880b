/** Values that are kept as they are. */
const MAX_EXACT = 4096;

/** A value that was estimated differs from the exact one by this share of it at most. */
const ERROR = 0.01;

/** Below it values are one: a nanosecond, when they are milliseconds. */
const LEAST = 1e-6;

const LOG_BASE = Math.log((1 + ERROR) / (1 - ERROR));

/**
 * Percentiles of values from 0 on, by nearest rank: exact up to 4096 values, then from a histogram whose buckets grow by
 * 2 % (DDSketch, https://arxiv.org/abs/1908.10693), which keeps the error within 1 % of the value in bounded memory.
 */
export class Percentiles {
  count = 0;
  max = 0;
  #exact: number[] | undefined = [];
  readonly #buckets = new Map<number, number>();

  /** Whether `at` tells exact values. */
  get isExact(): boolean {
    return this.#exact !== undefined;
  }

  add(value: number): void {
    this.count += 1;
    if (value > this.max) this.max = value;
    if (this.#exact === undefined) this.#addToBucket(bucketOf(value), 1);
    else {
      this.#exact.push(value);
      if (this.#exact.length > MAX_EXACT) this.#giveUpExactness();
    }
  }

  /** Takes over the values of another one. */
  merge(other: Percentiles): void {
    if (other.#exact !== undefined) {
      for (const value of other.#exact) this.add(value);
      return;
    }
    this.#giveUpExactness();
    this.count += other.count;
    this.max = Math.max(this.max, other.max);
    for (const [bucket, count] of other.#buckets) this.#addToBucket(bucket, count);
  }

  /** The smallest value that this share of the values (0 to 1) does not exceed; undefined when there are none. */
  at(share: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = Math.min(this.count, Math.max(1, Math.ceil(share * this.count)));
    if (rank === this.count) return this.max;
    if (this.#exact !== undefined) return this.#exact.sort((a, b) => a - b)[rank - 1];
    let passed = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      passed += count;
      if (passed >= rank) return Math.min(valueOf(bucket), this.max);
    }
    return this.max;
  }

  #giveUpExactness(): void {
    for (const value of this.#exact ?? []) this.#addToBucket(bucketOf(value), 1);
    this.#exact = undefined;
  }

  #addToBucket(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
  }
}

/** Of values over (base^(n-1), base^n]; the lowest one stands for nothing at all. */
function bucketOf(value: number): number {
  return value < LEAST ? -Infinity : Math.ceil(Math.log(value) / LOG_BASE);
}

/** The value that is equally far, as a share, from both ends of a bucket. */
function valueOf(bucket: number): number {
  return bucket === -Infinity ? 0 : Math.exp(bucket * LOG_BASE) * (1 - ERROR);
}
