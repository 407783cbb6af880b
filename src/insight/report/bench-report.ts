import type { BenchResult } from '../types.ts';
import { report } from './report.ts';

/** A result of `ropeway bench` as an HTML page of one file. */
export function benchReport(bench: BenchResult): string {
  return report({ bench });
}
