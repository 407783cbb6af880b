import type { Values } from '../component.ts';
import type { Change } from '../types.ts';

/** What is told while components are deployed or removed; `alias` is the one of the file. */
export interface Report {
  started(alias: string): void;
  done(alias: string, outcome: Done): void;
  failed(alias: string, error: unknown): void;
  skipped(alias: string, because: string): void;
}

export interface Done {
  action: 'deployed' | 'unchanged' | 'removed';
  changes: Change[];
  outputs: Values;
  /** Outputs that are not to be shown. */
  secrets: readonly string[];
  ms: number;
}
