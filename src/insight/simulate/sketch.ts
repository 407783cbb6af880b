import { quantile } from '../stats/quantile.ts';

/** Values that are kept as they are. */
const MAX_EXACT = 4096;
/** Buckets grow by this: a value is off by half a percent at most. */
const GROWTH = 1.01;
/** Values below it (ms) are one. */
const LEAST = 1e-3;
const BUCKETS = 2800;

const LOG_GROWTH = Math.log(GROWTH);
const LOG_LEAST = Math.log(LEAST);

/**
 * Percentiles of a stream of times in milliseconds, in bounded memory: exact of few values, else from a histogram with buckets that
 * grow by 1 % (as DDSketch, https://arxiv.org/abs/1908.10693).
 */
export class Sketch {
  count = 0;
  max = 0;
  #sum = 0;
  #exact: Float64Array | undefined = new Float64Array(MAX_EXACT);
  readonly #buckets = new Float64Array(BUCKETS);

  add(value: number): void {
    if (this.#exact !== undefined) {
      if (this.count < MAX_EXACT) this.#exact[this.count] = value;
      else this.#exact = undefined;
    }
    this.count += 1;
    this.#sum += value;
    if (value > this.max) this.max = value;
    this.#buckets[bucketOf(value)]! += 1;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  /** 0 when there are no values. */
  at(share: number): number {
    if (this.#exact !== undefined) return quantile(this.#exact.slice(0, this.count).sort(), share);
    const rank = Math.min(this.count, Math.max(1, Math.ceil(share * this.count)));
    if (rank === this.count) return this.max;
    let passed = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      passed += this.#buckets[bucket]!;
      if (passed >= rank) return Math.min(valueOf(bucket), this.max);
    }
    return this.max;
  }

  summary(): { p50: number; p95: number; p99: number; mean: number; max: number } {
    return { p50: this.at(0.5), p95: this.at(0.95), p99: this.at(0.99), mean: this.mean, max: this.max };
  }
}

function bucketOf(value: number): number {
  if (value <= LEAST) return 0;
  return Math.min(BUCKETS - 1, Math.ceil((Math.log(value) - LOG_LEAST) / LOG_GROWTH));
}

/** The middle of a bucket; the lowest one stands for nothing at all. */
function valueOf(bucket: number): number {
  return bucket === 0 ? 0 : Math.exp(LOG_LEAST + (bucket - 0.5) * LOG_GROWTH);
}
