import type { AdviceResult } from '../types.ts';
import { report } from './report.ts';

/** A result of `ropeway advise` as an HTML page of one file. */
export function adviceReport(advice: AdviceResult): string {
  return report({ advice });
}
