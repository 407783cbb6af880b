import { listZip } from './unpack.ts';

export interface SizeReport {
  /** Bytes of the zip's files, without what is around them. */
  packed: number;
  unpacked: number;
  /** What is at the top of the zip: `app.py`, `static/`, `node_modules/`. Largest first. */
  parts: Part[];
  /** Packages: `express`, `numpy`. Largest first. */
  dependencies: Part[];
}

export interface Part {
  name: string;
  packed: number;
  unpacked: number;
}

/** What takes how much in a zip; all of a layer are packages. Throws BAD_ZIP. */
export async function sizeReport(file: string, kind: 'code' | 'layer' = 'code'): Promise<SizeReport> {
  const entries = await listZip(file);
  const sum = (key: 'packed' | 'unpacked'): number => entries.reduce((total, entry) => total + entry[key], 0);
  return {
    packed: sum('packed'),
    unpacked: sum('unpacked'),
    parts: grouped(entries, topOf),
    dependencies: grouped(entries, kind === 'layer' ? dependencyOfLayer : dependencyOf),
  };
}

/** Largest first, those of the same size by name. */
export function grouped(entries: (Part | Entry)[], nameOf: (path: string) => string | undefined): Part[] {
  const parts = new Map<string, Part>();
  for (const entry of entries) {
    const name = nameOf('path' in entry ? entry.path : entry.name);
    if (name === undefined) continue;
    const part = parts.get(name) ?? { name, packed: 0, unpacked: 0 };
    part.packed += entry.packed;
    part.unpacked += entry.unpacked;
    parts.set(name, part);
  }
  return [...parts.values()].toSorted(
    (one, other) => other.unpacked - one.unpacked || (one.name < other.name ? -1 : 1),
  );
}

interface Entry {
  path: string;
  packed: number;
  unpacked: number;
}

function topOf(path: string): string {
  const end = path.indexOf('/');
  return end === -1 ? path : path.slice(0, end + 1);
}

/** The package that a file belongs to; undefined for the app's own files. */
export function dependencyOf(path: string): string | undefined {
  const node = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (node !== undefined) return node;
  const python = /^python\/([^/]+)/.exec(path)?.[1];
  if (python === undefined) return undefined;
  if (python === '__pycache__') return topModule(path.slice('python/__pycache__/'.length));
  return topModule(python);
}

/** Layers have their packages in `python/` or at their root, as their cloud wants it. */
function dependencyOfLayer(path: string): string | undefined {
  return dependencyOf(path.startsWith('python/') ? path : `python/${path}`);
}

/** `MarkupSafe-3.0.3.dist-info`, `numpy.libs`, `six.py`, `six.cpython-311.pyc` → the name in lower case */
function topModule(name: string): string {
  return name
    .replace(/-[^-]*\.(?:dist|egg)-info$/, '')
    .replace(/\.libs$/, '')
    .replace(/\.(?:py|so|pyc|cpython-.*|abi3.*)$/, '')
    .replace(/\.cpython-\d+$/, '')
    .replaceAll(/[-.]/g, '_')
    .toLowerCase();
}
