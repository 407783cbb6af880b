import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { cacheFolder } from '../../lib/cache-folder.ts';
import { collect, toPackFile } from '../files/collect.ts';
import { digestOf, fingerprints } from '../files/hash.ts';
import type { PackFile } from '../files/pack-file.ts';
import { walk } from '../files/walk.ts';
import { listZip } from '../unpack.ts';
import type { PackageOptions, PackedZip, PythonRequirements, Target } from '../types.ts';
import { hashFile } from '../zip/hash-zip.ts';
import { writeZip } from '../zip/zip.ts';
import { compiled } from './compile.ts';
import { install } from './install.ts';
import { type Interpreter, isOwnMachine } from './interpreter.ts';
import { type WheelTarget, wheelTarget } from './platforms.ts';
import { withRecords } from './record.ts';
import { requirementLines } from './requirement-lines.ts';
import { slimmed } from './slim.ts';

/** Counts up when the same requirements give another layer. */
const FORM = 2;

/** How a layer of Python packages will be made. */
export interface LayerPlan {
  /** Of all that it is made from. */
  key: string;
  requirements: PythonRequirements;
  lines: string[];
  interpreter: Interpreter;
  /** Compiles for the target; absent: no .pyc. */
  compiler: Interpreter | undefined;
  there: WheelTarget | undefined;
  target: Target;
  usedTests: string[];
}

interface LayerOptions {
  requirements: PythonRequirements;
  interpreter: Interpreter;
  compiler: Interpreter | undefined;
  target: Target;
  /** See `namedTests`. */
  usedTests: string[];
}

/** Undefined when nothing is required. Throws REQUIREMENTS_UNREADABLE, NO_SUCH_TARGET. */
export function planLayer(options: LayerOptions): LayerPlan | undefined {
  const { interpreter, compiler, target, usedTests } = options;
  const { lines, places } = requirementLines(options.requirements);
  if (lines.every((line) => line.trim().startsWith('-'))) return undefined;
  const there = isOwnMachine(target, interpreter) ? undefined : wheelTarget(target, interpreter);
  const key = digestOf({
    FORM,
    lines,
    places: places.map(placeDigest),
    folder: folderIn(target),
    python: there === undefined ? interpreter.version : there.python,
    machine: there?.platforms ?? [process.platform, interpreter.machine, interpreter.glibc],
    compiler: compiler && [compiler.cacheTag, compiler.version],
    usedTests,
  });
  return { ...options, key, lines, there };
}

/**
 * The layer as `layer-<key>.zip` in a folder: from the cache, else installed and packed.
 * Throws NO_WHEEL, INSTALL_FAILED, PIP_MISSING, NOT_WRITTEN.
 */
export async function makeLayer(
  plan: LayerPlan,
  { outFolder, onLine, signal }: Pick<PackageOptions, 'outFolder' | 'onLine' | 'signal'>,
): Promise<PackedZip> {
  const cached = join(cacheFolder(), 'layers', `${plan.key}.zip`);
  if (!(await isWhole(cached))) {
    const staging = mkdtempSync(join(tmpdir(), 'ropeway-layer-'));
    try {
      const folder = await install({ ...plan, targetName: plan.target.name, staging, onLine, signal });
      await writeZip(await layerFiles(folder, plan, signal), cached, signal);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }
  mkdirSync(outFolder, { recursive: true });
  const file = join(outFolder, `layer-${plan.key.slice(0, 32)}.zip`);
  const temporary = `${file}.${randomUUID()}.tmp`;
  copyFileSync(cached, temporary);
  renameSync(temporary, file);
  return { file, ...(await hashFile(file)) };
}

async function layerFiles(
  folder: string,
  { compiler, usedTests, target }: LayerPlan,
  signal: AbortSignal | undefined,
): Promise<PackFile[]> {
  const found = walk({
    folder,
    takes: () => true,
    outside: () => false,
    onOddity: () => undefined,
  });
  const sources = slimmed(found, usedTests).map(toPackFile);
  const caches = compiler === undefined ? [] : await compiled(sources, compiler, signal);
  return [...withRecords(sources), ...caches].map((file) => ({
    ...file,
    path: folderIn(target) + file.path,
  }));
}

/** Where a bare handler finds packages: Lambda looks into /opt/python, SCF into /opt alone (doc 583/40159). */
function folderIn({ name }: Target): string {
  return name === 'tencent' ? '' : 'python/';
}

async function isWhole(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  try {
    await listZip(file);
    return true;
  } catch {
    return false;
  }
}

/** A folder or an archive that is installed from. What is not there pip will complain about. */
function placeDigest(place: string): unknown {
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return [basename(place), null];
  if (stats.isFile())
    return fingerprints([{ path: basename(place), source: place, size: 0, executable: false }]);
  const { files } = collect({ dir: place, outFolder: join(place, '.ropeway') });
  return [basename(place), fingerprints(files)];
}

/** The text of an app's Python files. */
export function sourceTexts(files: PackFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith('.py'))
    .map(({ source }) => (typeof source === 'string' ? readFileSync(source, 'latin1') : String(source)));
}
