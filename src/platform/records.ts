import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type LineFile, type LineFileOptions, openLineFile } from './record-files/gathered-lines.ts';
import type { RecordFileName } from './record-files/names.ts';
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

export interface RecordFilesOptions {
  /** Bytes from which on a file is put aside; default 64 MB. */
  maxBytes?: number;
  /** Old files that are kept of either; default 5. */
  keep?: number;
  /** Milliseconds after a failure until writing is tried again; default 5000. */
  retryMs?: number;
  /** Milliseconds after which it is looked whether the files are still in their place; default 200. */
  lookMs?: number;
  /** The disk takes records again; so many lines were lost. */
  onWorking?(lostLines: number): void;
}

const MAX_BYTES = 64 * 1024 * 1024;
const KEEP = 5;
const RETRY_MS = 5000;
const LOOK_MS = 200;

/**
 * Opens `invocations.ndjson` and `log.ndjson` in a state folder (made when missing). A full file becomes
 * `invocations.1.ndjson`, and the older ones 2, 3 and so on. A disk that fails is reported once through `onError`;
 * serving goes on, what cannot be written is dropped, and writing is tried again.
 */
export function openRecordFiles(
  folder: string,
  onError: (error: Error) => void,
  options: RecordFilesOptions = {},
): RecordFiles {
  mkdirSync(folder, { recursive: true });
  const tell = tellOnce(onError, options.onWorking);
  const openFile = (name: RecordFileName): LineFile =>
    openLineFile({
      folder,
      name,
      maxBytes: options.maxBytes ?? MAX_BYTES,
      keep: options.keep ?? KEEP,
      retryMs: options.retryMs ?? RETRY_MS,
      lookMs: options.lookMs ?? LOOK_MS,
      ...tell(),
    });
  const invocations = openFile('invocations');
  const log = openFile('log');
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
  return `START RequestId: ${record.requestId} Version: ${record.version === 0 ? '$LATEST' : record.version}`;
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

/** A disk that is full fails both files: that is one thing to tell, and so is that both work again. */
function tellOnce(
  onError: (error: Error) => void,
  onWorking: RecordFilesOptions['onWorking'],
): () => Pick<LineFileOptions, 'onFailing' | 'onWorking'> {
  let failing = 0;
  let lost = 0;
  return () => {
    let fails = false;
    return {
      onFailing: (error) => {
        fails = true;
        failing += 1;
        if (failing === 1) onError(error);
      },
      onWorking: (lostLines) => {
        if (fails) failing -= 1;
        fails = false;
        lost += lostLines;
        if (failing > 0) return;
        onWorking?.(lost);
        lost = 0;
      },
    };
  };
}
