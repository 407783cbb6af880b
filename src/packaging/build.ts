import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';

import type { Entry } from '../runtimes/entry.ts';
import { allFiles, collectFiles } from './collect.ts';
import type { PackFile } from './files.ts';
import type { Package, PackageOptions, PackedZip } from './types.ts';
import { writeZip } from './zip.ts';

const run = promisify(execFile);

export async function sourceDigest(options: PackageOptions): Promise<string> {
  const hash = createHash('sha256');
  for (const file of appFiles({ ...options, onNotice: () => undefined })) {
    hash.update(`${file.name}\0${file.kind}\0`);
    hash.update(file.content ?? readFileSync(file.path!));
  }
  for (const name of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json']) {
    const path = join(options.dir, name);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  if (options.requirements !== undefined) hash.update(readFileSync(options.requirements.file));
  const { name, limits: _, ...target } = options.target;
  hash.update(JSON.stringify([relativeEntry(options.entry, options.dir), name, target, options.node ?? '']));
  return hash.digest('hex');
}

export async function buildPackage(options: PackageOptions): Promise<Package> {
  const source = await sourceDigest(options);
  const note = join(options.outFolder, `${source}.json`);
  if (existsSync(note)) {
    const before = JSON.parse(readFileSync(note, 'utf8')) as Package;
    if (existsSync(before.code.file) && (before.layer === undefined || existsSync(before.layer.file)))
      return before;
  }
  const files = appFiles(options);
  if (existsSync(join(options.dir, 'node_modules'))) {
    files.push(
      ...allFiles(join(options.dir, 'node_modules'), 'node_modules').filter(
        ({ name }) => !name.includes('/.bin/'),
      ),
    );
  }
  const code = await writeZip(files, options.outFolder, options.signal);
  const layer = await pythonLayer(options);
  const made: Package = {
    code,
    ...(layer === undefined ? {} : { layer }),
    entry: relativeEntry(options.entry, options.dir),
    source,
  };
  writeFileSync(note, JSON.stringify(made));
  return made;
}

function appFiles({ dir, exclude = [], include = [], onNotice }: PackageOptions): PackFile[] {
  return collectFiles({ dir, exclude, include, onNotice });
}

async function pythonLayer({
  requirements,
  interpreter,
  outFolder,
}: PackageOptions): Promise<PackedZip | undefined> {
  if (requirements === undefined || interpreter === undefined) return undefined;
  const staging = mkdtempSync(join(tmpdir(), 'ropeway-layer-'));
  try {
    mkdirSync(join(staging, 'python'));
    await run(
      interpreter,
      [
        '-m',
        'pip',
        'install',
        '--no-compile',
        '--disable-pip-version-check',
        '--target',
        join(staging, 'python'),
        ...requirements.install,
      ],
      { cwd: dirname(requirements.file) },
    );
    return await writeZip(allFiles(join(staging, 'python'), 'python'), outFolder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function relativeEntry(entry: Entry, dir: string): Entry {
  const inside = (path: string): string => relative(dir, path).split(sep).join('/') || '.';
  if (entry.runtime === 'node') return { ...entry, root: inside(entry.root), file: inside(entry.file) };
  if (entry.runtime === 'command') return { ...entry, root: inside(entry.root) };
  const from = 'script' in entry.from ? { script: inside(entry.from.script) } : entry.from;
  return { ...entry, root: inside(entry.root), from };
}
