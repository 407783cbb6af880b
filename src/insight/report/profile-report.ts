import type { ProfileResult } from '../types.ts';
import { report } from './report.ts';

/** A result of `ropeway profile` as an HTML page of one file. */
export function profileReport(profile: ProfileResult): string {
  return report({ profile });
}
