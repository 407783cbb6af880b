import { type RotatingFileOptions, rotatingFile } from './rotating-file.ts';

export interface LineFile {
  write(value: unknown): void;
  close(): Promise<void>;
}

export interface LineFileOptions extends RotatingFileOptions {
  /** Milliseconds from a failed write until the next attempt. */
  retryMs: number;
  /** Once, when it begins to fail. */
  onFailing(error: Error): void;
  /** Once, when it works again: how many lines were lost meanwhile. */
  onWorking(lostLines: number): void;
}

/** Milliseconds in which lines are gathered: a write for each would cost more than the request that it tells of. */
const GATHER_MS = 25;

/** Characters that wait for a slow disk; what comes beyond is lost. */
const MAX_WAITING = 16 * 1024 * 1024;

/** A file of JSON lines. Writing never fails and never waits: what the disk does not take is dropped and counted. */
export function openLineFile(options: LineFileOptions): LineFile {
  const file = rotatingFile(options);
  let waiting: string[] = [];
  let waitingLength = 0;
  let lost = 0;
  /** When to try again; undefined while it works. */
  let retryAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  // Opens it at once: who follows the log finds the file, and a folder that takes none is told of at the start.
  let writing: Promise<void> = writeWaiting();

  async function writeWaiting(): Promise<void> {
    const lines = takeWaiting();
    const { written, error } = await file.append(lines);
    if (error !== undefined) {
      const isFirst = retryAt === undefined;
      lost += lines.length - written + takeWaiting().length;
      retryAt = performance.now() + options.retryMs;
      if (isFirst) options.onFailing(error);
    } else if (retryAt !== undefined || lost > 0) {
      const told = lost;
      lost = 0;
      retryAt = undefined;
      options.onWorking(told);
    }
  }

  function takeWaiting(): string[] {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = [];
    waitingLength = 0;
    return lines;
  }

  const flush = (): void => {
    // It stays set, so that no further one is started until what waits has been taken.
    clearTimeout(timer);
    writing = writing.then(writeWaiting);
  };

  return {
    write: (value) => {
      if (waitingLength > MAX_WAITING || (retryAt !== undefined && performance.now() < retryAt)) {
        lost += 1;
        return;
      }
      const line = `${JSON.stringify(value)}\n`;
      waiting.push(line);
      waitingLength += line.length;
      timer ??= setTimeout(flush, GATHER_MS);
    },
    close: async () => {
      if (waiting.length > 0) flush();
      await writing;
      // What could not be written has been told already.
      await file.close().catch(() => undefined);
    },
  };
}
