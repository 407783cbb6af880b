import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorMessage, RopewayError, systemCode } from './errors.ts';

/**
 * A JSON value that survives `kill -9`, a power cut in the middle of a write, and the loss of one of its files: it is in two
 * files (`name.json`, `name.twin.json`), each written to a temporary file, synced, and renamed; each says the sum of what
 * it holds and how many times it was written.
 */
export interface TwinFile {
  /** What was written last; undefined when nothing ever was. */
  read(): Found | undefined;
  /** Resolves when one of the files has it. Rejects with STATE_WRITE, and then what was there before is there still. */
  write(value: unknown): Promise<void>;
}

export interface Found {
  value: unknown;
  /** Which of the two was missing or damaged: the next write mends it. */
  damaged: string[];
}

/**
 * Nothing is read or written before it is asked for. `folder` is made, for its owner alone. `onNotice` is told when only
 * one of the two could be written.
 */
export function openTwinFile(folder: string, name: string, onNotice: (message: string) => void): TwinFile {
  const paths = [join(folder, `${name}.json`), join(folder, `${name}.twin.json`)];
  let generation = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    read: () => {
      const copies = paths.map(readCopy);
      const whole = copies.flatMap(({ content }) => content ?? []);
      const damaged = paths.filter((_, index) => copies[index]!.content === undefined);
      if (whole.length === 0) {
        if (copies.every(({ problem }) => problem === undefined)) return undefined;
        throw broken(
          paths,
          copies.map(({ problem }) => problem ?? 'missing'),
        );
      }
      const newest = whole.reduce((a, b) => (b.generation > a.generation ? b : a));
      ({ generation } = newest);
      return { value: newest.value, damaged };
    },
    write: (value) => {
      const write = last.then(async () => {
        const text = serialize(generation + 1, value);
        await writeDurably(paths[0]!, text);
        generation += 1;
        // From here on it counts: a reader takes the newer of the two.
        await writeDurably(paths[1]!, text).catch((error: unknown) => onNotice(errorMessage(error)));
      });
      last = write.catch(() => undefined);
      return write;
    },
  };
}

interface Copy {
  generation: number;
  sha256: string;
  value: unknown;
}

function serialize(generation: number, value: unknown): string {
  return `${JSON.stringify({ format: 1, generation, sha256: sumOf(value), value }, null, 1)}\n`;
}

function sumOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** `problem`: why there is no content though there is a file. */
function readCopy(path: string): { content?: Copy; problem?: string } {
  try {
    const copy = JSON.parse(readFileSync(path, 'utf8')) as Copy | null;
    if (copy === null || typeof copy !== 'object' || sumOf(copy.value) !== copy.sha256) {
      return { problem: 'not what was written' };
    }
    return { content: copy };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    return { problem: error instanceof SyntaxError ? 'cut off or damaged' : errorMessage(error) };
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await syncFolder(folder);
  } catch (error) {
    throw new RopewayError({
      code: 'STATE_WRITE',
      fault: 'system',
      message: `The state could not be written: ${errorMessage(error)}`,
      expected: `a folder that can be written to, with room: ${folder}`,
      fix: 'make room on the disk, or see to the rights of the folder; what was deployed before still serves',
      cause: error,
    });
  }
}

/** A rename is on the disk when its folder is (fsync(2)). */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function broken(paths: string[], problems: string[]): RopewayError {
  return new RopewayError({
    code: 'STATE_BROKEN',
    fault: 'system',
    message: 'Neither copy of the state can be read, so what was deployed is not known.',
    detail: paths.map((path, index) => `${path}: ${problems[index]}`).join('\n'),
    fix: 'bring one of the files back from a backup, or move both away and deploy again',
  });
}
