import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import type { PackFile } from '../files/pack-file.ts';
import { run } from '../run.ts';
import { type Interpreter, pythonFile } from './interpreter.ts';

/**
 * Processes that compile. What a .pyc holds depends on what its process has compiled before it, so that this must not
 * follow the number of processors.
 */
const PROCESSES = 4;
const FEW_FILES = 100;

/**
 * The .pyc files of Python sources, each for `__pycache__` beside its source. They are never checked against it: times
 * in a package are not those of the sources. A source with a syntax error has none.
 */
export async function compiled(
  files: PackFile[],
  interpreter: Interpreter,
  signal?: AbortSignal,
): Promise<PackFile[]> {
  const sources = files.filter(({ path, source }) => path.endsWith('.py') && typeof source === 'string');
  if (sources.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-compile-'));
  try {
    const jobs = sources.map(({ path, source }, index) => ({
      path: cachePath(path, interpreter.cacheTag),
      target: join(folder, String(index)),
      line: JSON.stringify([source, join(folder, String(index)), path]),
    }));
    mkdirSync(folder, { recursive: true });
    await Promise.all(
      inParts(jobs).map((part) =>
        run([interpreter.program, pythonFile('compile.py')], {
          cwd: folder,
          // Hashes of text decide the order of sets, which are constants.
          env: { PYTHONHASHSEED: '0', PYTHONOPTIMIZE: '', PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
          input: part.map(({ line }) => `${line}\n`).join(''),
          onLine: () => undefined,
          signal,
        }),
      ),
    );
    return jobs.flatMap(({ path, target }): PackFile[] => {
      if (statSync(target, { throwIfNoEntry: false }) === undefined) return [];
      const bytes = readFileSync(target);
      return [{ path, source: bytes, size: bytes.length, executable: false }];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `shop/cart.py` → `shop/__pycache__/cart.cpython-311.pyc` */
function cachePath(path: string, cacheTag: string): string {
  const folder = dirname(path);
  const name = `__pycache__/${basename(path, '.py')}.${cacheTag}.pyc`;
  return folder === '.' ? name : `${folder}/${name}`;
}

function inParts<Job>(jobs: Job[]): Job[][] {
  if (jobs.length <= FEW_FILES) return [jobs];
  const length = Math.ceil(jobs.length / PROCESSES);
  return Array.from({ length: PROCESSES }, (_, part) =>
    jobs.slice(part * length, (part + 1) * length),
  ).filter((part) => part.length > 0);
}
