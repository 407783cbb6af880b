import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach } from 'vitest';

import { RopewayError } from '../../src/lib/errors.ts';
import type { PackageOptions, Target } from '../../src/packaging/types.ts';
import { unpackZip } from '../../src/packaging/unpack.ts';
import { writeZip } from '../../src/packaging/zip/zip.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, gone after the test. */
export function folderWith(files: Record<string, string> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-pack-')));
  folders.push(folder);
  write(folder, files);
  return folder;
}

export function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Every file of a folder with its content, by its path; those that may be run with a `*` behind it. */
export function tree(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const name = file.slice(folder.length + 1) + ((statSync(file).mode & 0o100) === 0 ? '' : '*');
    found[name] = readFileSync(file, 'latin1');
  }
  return found;
}

/** What is in a zip. */
export async function contents(zip: string): Promise<Record<string, string>> {
  const folder = folderWith();
  await unpackZip(zip, folder);
  return tree(folder);
}

export const HERE: Target = {
  name: 'local',
  platform: process.platform,
  arch: process.arch === 'arm64' ? 'arm64' : 'x64',
  limits: { zip: Infinity, unpacked: Infinity },
};

export interface Said {
  notices: string[];
  lines: string[];
}

/** Options for a Node app in a folder whose main module is `main`. */
export function nodeOptions(
  dir: string,
  main = 'app.js',
  more: Partial<PackageOptions> = {},
): PackageOptions & Said {
  return {
    ...said(),
    dir,
    entry: { runtime: 'node', interface: 'listener', root: dir, file: join(dir, main), nodeOptions: [] },
    target: HERE,
    outFolder: folderWith(),
    ...more,
  };
}

/** Options for a Python app whose object is `app:app`. */
export function pythonOptions(
  dir: string,
  interpreter: string,
  more: Partial<PackageOptions> = {},
): PackageOptions & Said {
  return {
    ...said(),
    dir,
    entry: {
      runtime: 'python',
      interface: 'wsgi',
      root: dir,
      from: { module: 'app', attribute: 'app', factory: false },
      env: {},
    },
    interpreter,
    target: HERE,
    outFolder: folderWith(),
    ...more,
  };
}

function said(): Said & Pick<PackageOptions, 'onNotice' | 'onLine'> {
  const notices: string[] = [];
  const lines: string[] = [];
  return { notices, lines, onNotice: (notice) => notices.push(notice), onLine: (line) => lines.push(line) };
}

/** A package.json. */
export function manifest(name: string, version: string, more: object = {}): string {
  return JSON.stringify({ name, version, ...more });
}

/** The error that this ends with. */
export async function errorOf(work: Promise<unknown> | (() => unknown)): Promise<RopewayError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof RopewayError) return error;
    throw error;
  }
  throw new Error('there was no error');
}

export interface WheelParts {
  /** Default: for any machine. */
  tag?: string;
  /** Requirements of it. */
  requires?: string[];
  /** By their path; default: one module of its name. */
  files?: Record<string, string>;
}

/** Writes a wheel into a folder. */
export async function makeWheel(
  folder: string,
  name: string,
  version: string,
  parts: WheelParts = {},
): Promise<void> {
  const {
    tag = 'py3-none-any',
    requires = [],
    files = { [`${name}.py`]: `version = '${version}'\n` },
  } = parts;
  const info = `${name}-${version}.dist-info`;
  const all: Record<string, string> = {
    ...files,
    [`${info}/METADATA`]: [
      'Metadata-Version: 2.1',
      `Name: ${name}`,
      `Version: ${version}`,
      ...requires.map((requirement) => `Requires-Dist: ${requirement}`),
      '',
    ].join('\n'),
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: ${tag.endsWith('any')}\nTag: ${tag}\n`,
  };
  all[`${info}/RECORD`] = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  const packed = Object.entries(all).map(([path, text]) => {
    const source = Buffer.from(text);
    return { path, source, size: source.length, executable: false };
  });
  await writeZip(packed, join(folder, `${name}-${version}-${tag}.whl`));
}

/** A package's source whose build gives a wheel with this tag, without anything else being installed for it. */
export function makeSdist(
  folder: string,
  name: string,
  version: string,
  tag: string,
  /** `>=3.10` */
  requiresPython?: string,
): void {
  const requires = requiresPython === undefined ? '' : `Requires-Python: ${requiresPython}\\n`;
  const place = folderWith({
    [`${name}-${version}/PKG-INFO`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${name}-${version}/pyproject.toml`]:
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    [`${name}-${version}/backend.py`]: `import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    file = "${name}-${version}-${tag}.whl"
    info = "${name}-${version}.dist-info"
    with zipfile.ZipFile(f"{folder}/{file}", "w") as wheel:
        wheel.writestr("${name}.py", "built = True\\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: ${name}\\nVersion: ${version}\\n${requires}")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: ${tag}\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return file
`,
  });
  execFileSync('tar', ['-czf', join(folder, `${name}-${version}.tar.gz`), '-C', place, `${name}-${version}`]);
}

export function makeRunnable(file: string): void {
  chmodSync(file, 0o755);
}
