import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openRecordFiles, type RecordFilesOptions } from '../../src/platform/records.ts';
import type { InvocationRecord, OutputLine } from '../../src/platform/types.ts';

/** The time of a record `ms` milliseconds after the first one. */
export function timeAt(ms: number): string {
  return new Date(Date.UTC(2026, 10, 23, 10) + ms).toISOString();
}

/** A request of `shop` that was answered with 200 after 10 ms. */
export function testRecord(values: Partial<InvocationRecord> = {}): InvocationRecord {
  return {
    time: timeAt(0),
    requestId: '00000000-0000-4000-8000-000000000000',
    function: 'shop',
    version: 1,
    instance: 'shop-1',
    method: 'GET',
    path: '/',
    status: 200,
    start: 'warm',
    queueMs: 1,
    durationMs: 8,
    billedMs: 8,
    totalMs: 10,
    memoryMb: 60,
    memoryLimitMb: 512,
    requestBytes: 0,
    responseBytes: 100,
    ...values,
  };
}

export function testLine(values: Partial<OutputLine> = {}): OutputLine {
  return {
    time: timeAt(0),
    function: 'shop',
    instance: 'shop-1',
    stream: 'stdout',
    line: 'a line',
    ...values,
  };
}

export interface Written {
  requests?: InvocationRecord[];
  lines?: OutputLine[];
}

/** Writes records as the platform does; rejects when the disk does not take them. */
export async function writeRecords(
  folder: string,
  { requests = [], lines = [] }: Written,
  options: RecordFilesOptions = {},
): Promise<void> {
  let failure: Error | undefined;
  const files = openRecordFiles(folder, (error) => (failure = error), options);
  for (const line of lines) files.line(line);
  for (const record of requests) files.record(record);
  await files.close();
  if (failure !== undefined) throw failure;
}

/** A new folder with these records; `remove` takes it away. */
export async function recordFolder(
  written: Written = {},
  options: RecordFilesOptions = {},
): Promise<{ dir: string; remove(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'ropeway-records-'));
  await writeRecords(dir, written, options);
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
