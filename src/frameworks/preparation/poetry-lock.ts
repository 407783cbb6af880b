import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { parse } from 'smol-toml';

import { type Edge, reached } from './lock-walk.ts';
import { dependencyNames, normalName } from './pyproject.ts';
import { specified, type Requirements } from './requirements.ts';
import { gitAddress } from './tables.ts';

interface PoetryPackage {
  name: string;
  version: string;
  optional?: boolean;
  /** Before Poetry 1.5. */
  category?: string;
  /** Poetry 2, with `markers`. */
  groups?: string[];
  markers?: string | Record<string, string>;
  dependencies?: Record<string, Dependency | Dependency[]>;
  source?: { type?: string; url?: string; resolved_reference?: string };
}

type Dependency = string | { markers?: string };

/** What the project itself needs, not its groups for development, pinned, each with its marker. */
export function readPoetryLock(file: string, text: string): Requirements {
  const all = (parse(text)['package'] ?? []) as unknown as PoetryPackage[];
  const packages = all.filter((one) => one.optional !== true);
  const base = dirname(file);
  const needed = packages.some(({ groups }) => groups !== undefined)
    ? mainGroup(packages)
    : fromProject(packages, base);
  const specifiers = [...needed].map(([one, marker]) => {
    const isOnly = packages.filter(({ name }) => normalName(name) === normalName(one.name)).length === 1;
    // Of several versions each is for other Pythons; without a marker nobody can tell which.
    const what = isOnly || marker !== '' ? pinned(one, base) : one.name;
    return marker === '' ? what : `${what} ; ${marker}`;
  });
  return specified(file, specifiers);
}

function mainGroup(packages: PoetryPackage[]): Map<PoetryPackage, string> {
  const main = packages.filter(({ groups }) => groups?.includes('main') ?? false);
  return new Map(
    main.map((one) => {
      const marker = typeof one.markers === 'string' ? one.markers : one.markers?.['main'];
      return [one, marker ?? ''];
    }),
  );
}

/** Older lock files do not say what belongs to what: only pyproject.toml knows where to start. */
function fromProject(packages: PoetryPackage[], base: string): Map<PoetryPackage, string> {
  const main = packages.filter(({ category = 'main' }) => category === 'main');
  const names = projectNames(base) ?? new Set(main.map(({ name }) => normalName(name)));
  return reached(
    [...names].map((name) => ({ name })),
    (edge) =>
      main
        .filter(({ name }) => normalName(name) === edge.name)
        .map((target) => ({ package: target, needs: needsOf(target) })),
  );
}

function projectNames(base: string): Set<string> | undefined {
  const file = join(base, 'pyproject.toml');
  if (!existsSync(file)) return undefined;
  try {
    return dependencyNames(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function needsOf({ dependencies = {} }: PoetryPackage): Edge[] {
  return Object.entries(dependencies).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => {
      // Extras that nobody asked for are not in the lock file, or are there for another reason.
      const marker = typeof one === 'string' || one.markers?.includes('extra') ? undefined : one.markers;
      return { name: normalName(name), ...(marker === undefined ? {} : { marker }) };
    }),
  );
}

function pinned({ name, version, source }: PoetryPackage, base: string): string {
  if (source?.url === undefined) return `${name}==${version}`;
  if (source.type === 'git') return `${name} @ ${gitAddress(source.url, source.resolved_reference)}`;
  if (source.type === 'url') return `${name} @ ${source.url}`;
  if (source.type === 'file' || source.type === 'directory') {
    return `${name} @ ${pathToFileURL(resolve(base, source.url)).href}`;
  }
  return `${name}==${version}`;
}
