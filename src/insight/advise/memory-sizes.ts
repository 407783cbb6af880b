import type { AppFacts } from './facts.ts';

/** Room above the highest that was measured: the next request is another one. */
const HEADROOM = 1.15;
const LAMBDA_LEAST = 128;
const LAMBDA_MOST = 10_240;
const STEP = 32;
/** https://cloud.tencent.com/document/product/583/17299: 64 MB, or a multiple of 128 up to 3072. */
const SCF_SIZES = [64, ...Array.from({ length: 24 }, (_, index) => (index + 1) * 128)];

/** The smallest memory size that has room for a peak, in MB: on SCF one that there is, else in steps of 32 from Lambda's least on. */
export function sizeFor(peakMb: number, target: AppFacts['target']): number {
  const needed = peakMb * HEADROOM;
  if (target === 'tencent') return SCF_SIZES.find((size) => size >= needed) ?? SCF_SIZES.at(-1)!;
  return Math.min(LAMBDA_MOST, Math.max(LAMBDA_LEAST, Math.ceil(needed / STEP) * STEP));
}

/** GB-seconds that are billed for a request of so many ms: whole milliseconds, as clouds count them. */
export function gbSeconds(ms: number, memoryMb: number): number {
  return (Math.max(1, Math.ceil(ms)) / 1000) * (memoryMb / 1024);
}
