import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** The parts of a package.json that say what is packed with it. */
export interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  bundleDependencies?: string[] | boolean;
  bundledDependencies?: string[] | boolean;
  workspaces?: unknown;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

/** A package in some node_modules, or a linked one. */
export interface Installed {
  /** Absolute, without links. */
  folder: string;
  manifest: Manifest;
  /** It is where it is developed, not in a node_modules: its files may change without its version. */
  linked: boolean;
}

/** One package that another needs. */
export interface Need {
  name: string;
  /** Its absence is no mistake. */
  optional: boolean;
}

/** Reads packages, each once. */
export interface Packages {
  /** What Node would find for `name` in a file of `folder`; both are real paths. */
  resolve(folder: string, name: string): Installed | undefined;
}

export function readPackages(): Packages {
  const known = new Map<string, Installed>();
  const places = new Map<string, Installed | undefined>();
  const at = (place: string): Installed | undefined => {
    if (!places.has(place)) places.set(place, existsSync(place) ? read(place) : undefined);
    return places.get(place);
  };
  const read = (place: string): Installed => {
    const folder = realpathSync.native(place);
    const installed = known.get(folder) ?? {
      folder,
      manifest: readManifest(folder) ?? {},
      linked: !folder.split(sep).includes('node_modules'),
    };
    known.set(folder, installed);
    return installed;
  };
  return {
    resolve: (start, name) => {
      for (let folder = start; ; folder = dirname(folder)) {
        const found = folder.endsWith(`${sep}node_modules`)
          ? undefined
          : at(join(folder, 'node_modules', name));
        if (found !== undefined) return found;
        if (dirname(folder) === folder) return undefined;
      }
    },
  };
}

/** Undefined when there is none, or it cannot be parsed: npm says more about that. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a package needs to run, as `npm ci --omit=dev` has it: its dependencies, and peers that it insists on. Not what
 * it is developed with, nor peers that it can do without.
 */
export function needsOf(manifest: Manifest): Need[] {
  const needs = new Map<string, boolean>();
  const add = (names: string[], optional: boolean): void => {
    for (const name of names) needs.set(name, optional);
  };
  const { peerDependenciesMeta: meta = {} } = manifest;
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter((name) => meta[name]?.optional !== true);
  // Older versions of npm did not install peers: many an app runs without.
  add(peers, true);
  add(Object.keys(manifest.dependencies ?? {}), false);
  add(Object.keys(manifest.optionalDependencies ?? {}), true);
  const bundled = manifest.bundleDependencies ?? manifest.bundledDependencies;
  if (Array.isArray(bundled))
    add(
      bundled.filter((name) => !needs.has(name)),
      true,
    );
  return [...needs].map(([name, optional]) => ({ name, optional }));
}
