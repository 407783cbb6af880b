import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { InvocationRecord, OutputLine } from './types.ts';

export interface RecordFiles {
  record(record: InvocationRecord): void;
  /** A line that the app printed, or one of the platform's START, END, REPORT lines. */
  line(line: OutputLine | ReportLine): void;
  close(): Promise<void>;
}

export interface ReportLine {
  time: string;
  function: string;
  instance: string;
  requestId: string;
  stream: 'platform';
  line: string;
}

/**
 * Opens `invocations.ndjson` and `log.ndjson` in a state folder (made, and kept out of version
 * control, when missing). A disk that fails is reported once through `onError`; serving goes on.
 */
export function openRecordFiles(folder: string, onError: (error: Error) => void): RecordFiles {
  mkdirSync(folder, { recursive: true });
  const invocations = openLines(join(folder, 'invocations.ndjson'), onError);
  const log = openLines(join(folder, 'log.ndjson'), onError);
  return {
    record: invocations.write,
    line: log.write,
    close: async () => {
      await Promise.all([invocations.close(), log.close()]);
    },
  };
}

/** Makes `.ropeway` in an app's folder, ignored by version control; returns its path. */
export function makeStateFolder(appFolder: string): string {
  const folder = join(appFolder, '.ropeway');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), '*\n');
  return folder;
}

export function startLine(record: InvocationRecord): string {
  return `START RequestId: ${record.requestId} Version: ${record.version}`;
}

export function endLine(record: InvocationRecord): string {
  return `END RequestId: ${record.requestId}`;
}

export function reportLine(record: InvocationRecord): string {
  const parts = [
    `REPORT RequestId: ${record.requestId}`,
    `Duration: ${record.durationMs} ms`,
    `Billed Duration: ${record.billedMs} ms`,
    `Memory Size: ${record.memoryLimitMb} MB`,
  ];
  if (record.memoryMb !== undefined) parts.push(`Max Memory Used: ${Math.ceil(record.memoryMb)} MB`);
  if (record.initMs !== undefined) parts.push(`Init Duration: ${record.initMs} ms`);
  if (record.error !== undefined) parts.push(`Status: ${record.error.code}`);
  return parts.join('\t');
}

/** Milliseconds in which lines are gathered: a write for each would cost more than the request that it tells of. */
const GATHER_MS = 10;

interface LineFile {
  write(value: unknown): void;
  close(): Promise<void>;
}

function openLines(path: string, onError: (error: Error) => void): LineFile {
  const stream = createWriteStream(path, { flags: 'a' });
  stream.once('error', onError);
  // After the first failure further writes are dropped.
  stream.on('error', () => undefined);
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines !== '' && !stream.destroyed) stream.write(lines);
    lines = '';
  };
  return {
    write: (value) => {
      lines += `${JSON.stringify(value)}\n`;
      timer ??= setTimeout(flush, GATHER_MS);
    },
    close: () => {
      flush();
      return new Promise((resolve) => {
        if (stream.destroyed) resolve();
        else stream.end(resolve);
      });
    },
  };
}
