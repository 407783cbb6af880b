import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { Entry } from '../../runtimes/entry.ts';
import { collect } from '../files/collect.ts';
import { fingerprints } from '../files/hash.ts';
import { isWithin, walk } from '../files/walk.ts';
import type { PackageOptions } from '../types.ts';
import { type Need, readManifest, readPackages } from './installed.ts';
import { type Layout, layOut } from './layout.ts';
import { neededByOptions } from './node-options.ts';

/** How the dependencies of a Node app will be packed. */
export interface NodePlan {
  mode: 'installed' | 'traced' | 'bundled';
  importers: string[];
  extra: Need[];
  layout: Layout;
  /** Nothing is installed: npm does it beside the app. */
  install: 'npm' | undefined;
  /** What changes when the dependencies do. */
  fingerprint: unknown;
}

const NPM_LOCKS = ['package-lock.json', 'npm-shrinkwrap.json'];
const OTHER_LOCKS: Record<string, string> = {
  'pnpm-lock.yaml': 'pnpm install --prod',
  'yarn.lock': 'yarn install',
  'bun.lock': 'bun install',
};

/** Undefined for an app without package.json. Throws NODE_PNP, NOT_INSTALLED. */
export function planNode({ dir, entry, node: mode = 'installed' }: PackageOptions): NodePlan | undefined {
  const root = realpathSync(dir);
  const importers = importersOf(dir, entry);
  if (importers.length === 0) return undefined;
  if (existsSync(join(dir, '.pnp.cjs'))) throw plugAndPlay();
  const nodeOptions = entry.runtime === 'node' ? entry.nodeOptions : [];
  const extra = neededByOptions(nodeOptions, mode === 'bundled').map((name) => ({ name, optional: true }));
  const packages = readPackages();
  const all = layOut({ dir: root, importers, extra, manifests: true, packages });
  const install = all.missing.length === 0 ? undefined : installer(dir, all.missing);
  // A bundle is made of all packages, and has none beside it but what options of node load.
  const layout =
    mode === 'bundled' ? layOut({ dir: root, importers, extra, manifests: false, packages }) : all;
  return { mode, importers, extra, layout, install, fingerprint: fingerprintOf(all) };
}

/** Folders with a package.json, from that of the app down to that of its main module. */
function importersOf(dir: string, entry: Entry): string[] {
  const start = entry.runtime === 'node' ? dirname(entry.file) : entry.root;
  const importers: string[] = [];
  for (let folder = start; isWithin(folder, dir); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')))
      importers.unshift(relative(dir, folder).split(sep).join('/'));
    if (folder === dir) break;
  }
  // A service in a workspace finds packages of its own, and those of the folder above.
  return importers;
}

function fingerprintOf(layout: Layout): unknown {
  return [
    layout.missing,
    layout.placements.map(({ path, installed: { folder, manifest, linked } }) => [
      path,
      manifest.version,
      ...(linked ? fingerprints(linkedFiles(folder)) : []),
    ]),
    generated(layout).map(({ path, folder }) => [path, ...namesAndSizes(folder)]),
  ];
}

/** The files of a package where it is developed. */
export function linkedFiles(folder: string): ReturnType<typeof collect>['files'] {
  return collect({ dir: folder, outFolder: join(folder, '.ropeway') }).files;
}

function namesAndSizes(folder: string): string[] {
  return walk({ folder, takes: () => true, outside: () => false, onOddity: () => undefined }).map(
    ({ path, size }) => `${path} ${size}`,
  );
}

/** Belong to package managers and caches, and are never loaded. */
const NOT_LOADED = new Set([
  '.bin',
  '.cache',
  '.pnpm',
  '.store',
  '.vite',
  '.vite-temp',
  '.vitest',
  '.yarn',
  '.tmp',
]);

/** What generators put beside packages (`node_modules/.prisma`), and where it goes: each once. */
export function generated({ placements }: Layout): { path: string; folder: string }[] {
  const found = new Map<string, { path: string; folder: string }>();
  const looked = new Set<string>();
  for (const { path, installed } of placements) {
    const modules = modulesOf(installed.folder);
    const above = path.slice(0, path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (modules === undefined || looked.has(`${modules}\0${above}`)) continue;
    looked.add(`${modules}\0${above}`);
    for (const name of dotFolders(modules))
      found.set(above + name, { path: above + name, folder: join(modules, name) });
  }
  return [...found.values()];
}

/** The node_modules that a package is in. */
function modulesOf(folder: string): string | undefined {
  const at = folder.lastIndexOf(`${sep}node_modules${sep}`);
  return at === -1 ? undefined : folder.slice(0, at + `${sep}node_modules`.length);
}

function dotFolders(modules: string): string[] {
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('.') && !NOT_LOADED.has(entry.name))
    .map(({ name }) => name);
}

function installer(dir: string, missing: string[]): 'npm' {
  const other = Object.keys(OTHER_LOCKS).find((file) => existsSync(join(dir, file)));
  const isNpm = NPM_LOCKS.some((file) => existsSync(join(dir, file)));
  if (isNpm || (other === undefined && readManifest(dir) !== undefined)) return 'npm';
  throw new RopewayError({
    code: 'NOT_INSTALLED',
    message: `The app needs packages that are not installed: ${missing.slice(0, 6).join(', ')}${missing.length > 6 ? '…' : ''}`,
    fix: `${other === undefined ? 'npm install' : OTHER_LOCKS[other]!}, then build again`,
  });
}

function plugAndPlay(): RopewayError {
  return new RopewayError({
    code: 'NODE_PNP',
    message: "The packages of the app are in Yarn's archives, which a function cannot read.",
    expected: 'packages in node_modules',
    got: '.pnp.cjs',
    fix: 'write `nodeLinker: node-modules` into .yarnrc.yml and run `yarn install`',
  });
}
