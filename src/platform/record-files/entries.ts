import type { RecordFileName } from './names.ts';
import type { ReportLine } from '../records.ts';
import type { InvocationRecord, OutputLine } from '../types.ts';

/** A line of a record file. `time`: when the request was answered, or the line was printed; ms since 1970. */
export type Entry = RequestEntry | LineEntry;

export interface RequestEntry {
  kind: 'request';
  time: number;
  /** Where it stands among other entries. */
  order: number;
  record: InvocationRecord;
}

export interface LineEntry {
  kind: 'line';
  time: number;
  order: number;
  line: OutputLine | ReportLine;
}

/**
 * Milliseconds by which a request stands behind its answer: what the app printed during the request comes through a
 * pipe of its own, and may be read a moment after the answer.
 */
const BEHIND_MS = 5;

/** Reads a line of a file; undefined when it is half, or not ours. */
export function parseEntry(name: RecordFileName, text: string): Entry | undefined {
  const value = parseObject(text);
  const time = typeof value?.['time'] === 'string' ? Date.parse(value['time']) : NaN;
  if (value === undefined || Number.isNaN(time) || typeof value['function'] !== 'string') return undefined;
  return name === 'log' ? lineEntry(value, time) : requestEntry(value, time);
}

/** The answer says so, or the app raised something, or no instance served it. */
export function hasFailed(record: InvocationRecord): boolean {
  return record.status >= 500 || record.error !== undefined;
}

function lineEntry(value: Record<string, unknown>, time: number): LineEntry | undefined {
  if (typeof value['line'] !== 'string') return undefined;
  return { kind: 'line', time, order: time, line: value as unknown as OutputLine | ReportLine };
}

const NUMBERS = ['status', 'durationMs', 'billedMs', 'totalMs', 'memoryLimitMb', 'responseBytes'];
const TEXTS = ['requestId', 'method', 'path', 'start'];

function requestEntry(value: Record<string, unknown>, arrived: number): RequestEntry | undefined {
  const isWhole =
    NUMBERS.every((name) => typeof value[name] === 'number') &&
    TEXTS.every((name) => typeof value[name] === 'string');
  if (!isWhole) return undefined;
  const record = value as unknown as InvocationRecord;
  const time = Math.ceil(arrived + record.totalMs);
  return { kind: 'request', time, order: time + BEHIND_MS, record };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
