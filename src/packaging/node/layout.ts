import { existsSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { isWithin } from '../files/walk.ts';
import { type Installed, type Need, needsOf, type Packages, readManifest } from './installed.ts';

/** A package and where it is in the package of the app. */
export interface Placement {
  /** `node_modules/express/node_modules/debug` */
  path: string;
  installed: Installed;
}

export interface Layout {
  placements: Placement[];
  /** What the app itself names and is not installed. */
  missing: string[];
  /** What packages name and is not installed: `left-pad (of line-writer)`. */
  missingBelow: string[];
}

export interface LayoutOptions {
  /** Absolute folder of the app; a real path. */
  dir: string;
  /** Folders of the app that have a package.json of their own and are run, from `dir` on: `''`, `packages/api`. */
  importers: string[];
  /** What is needed besides what the manifests of the importers say. */
  extra: Need[];
  /** False: only `extra`. */
  manifests: boolean;
  packages: Packages;
}

/** A place that has, or can have, a node_modules. */
interface Node {
  path: string;
  /** Where it is on the disk. */
  folder: string;
  installed: Installed | undefined;
  above: Node | undefined;
  below: Map<string, Node>;
}

const DEEPEST = 50;
/** Copies; versions in a circle would be placed for ever. */
const MOST = 10_000;

/**
 * Which installed packages an app needs, and a node_modules in which each of them finds those that it finds on the
 * disk, without links. Packages that are in the app's own node_modules as npm makes it stay where they are. Others (in
 * the node_modules of a workspace, in the store of pnpm, linked) go to the top, or, when another version is there,
 * below the package that needs them.
 */
export function layOut({ dir, importers, extra, manifests, packages }: LayoutOptions): Layout {
  const containers = new Map<string, Node>();
  const placed: Node[] = [];
  const layout: Layout = { placements: [], missing: [], missingBelow: [] };
  const waiting: { node: Node; needs: Need[] }[] = [];

  const container = (path: string): Node => {
    const known = containers.get(path);
    if (known !== undefined) return known;
    const above =
      path === '' ? undefined : container(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
    const node: Node = { path, folder: join(dir, path), installed: undefined, above, below: new Map() };
    containers.set(path, node);
    return node;
  };
  const place = (above: Node, name: string, installed: Installed): Node => {
    const path = `${above.path}${above.path === '' ? '' : '/'}node_modules/${name}`;
    if (placed.length === MOST || path.split('node_modules/').length > DEEPEST) throw tooDeep(path);
    const node: Node = { path, folder: installed.folder, installed, above, below: new Map() };
    above.below.set(name, node);
    placed.push(node);
    waiting.push({ node, needs: needsOf(installed.manifest) });
    return node;
  };
  /** Where npm has put it, if npm has. */
  const keep = (installed: Installed): void => {
    const path = ownPlace(dir, installed.folder);
    if (path === undefined) return;
    let above = container(path.base);
    for (const [index, name] of path.names.entries()) {
      const there = above.below.get(name);
      const isLast = index === path.names.length - 1;
      if (there === undefined && !isLast) return;
      above = there ?? place(above, name, installed);
    }
  };
  const isFree = (root: Node, name: string, installed: Installed): boolean => {
    if (root.below.has(name)) return false;
    const onDisk = join(dir, 'node_modules', name);
    return !existsSync(onDisk) || realpathSync(onDisk) === installed.folder;
  };

  for (const path of importers) {
    const node = container(path);
    const manifest = (manifests ? readManifest(node.folder) : undefined) ?? {};
    waiting.push({ node, needs: [...needsOf(manifest), ...extra] });
  }
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { node, needs } = next;
    for (const { name, optional } of needs) {
      const installed = packages.resolve(node.folder, name);
      if (installed === undefined) {
        if (optional) continue;
        if (node.installed === undefined) layout.missing.push(name);
        else layout.missingBelow.push(`${name} (of ${node.installed.manifest.name ?? node.path})`);
        continue;
      }
      if (isWithin(node.folder, installed.folder) || found(node, name) === installed) continue;
      keep(installed);
      if (found(node, name) === installed) continue;
      const root = container('');
      place(isFree(root, name, installed) ? root : node, name, installed);
    }
  }
  layout.placements = placed
    .map(({ path, installed }) => ({ path, installed: installed! }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return layout;
}

/** What Node would find in the package. */
function found(start: Node, name: string): Installed | undefined {
  for (let node: Node | undefined = start; node !== undefined; node = node.above) {
    const there = node.below.get(name);
    if (there !== undefined) return there.installed;
  }
  return undefined;
}

const PACKAGE_NAME = /^(?:@[^/@.][^/]*\/)?[^/.@][^/]*$/;

/** `packages/api/node_modules/a/node_modules/@b/c` as its parts; undefined for a place that npm would not choose. */
function ownPlace(dir: string, folder: string): { base: string; names: string[] } | undefined {
  if (!isWithin(folder, dir)) return undefined;
  const [base = '', ...names] = `/${relative(dir, folder).split(sep).join('/')}`.split('/node_modules/');
  if (names.length === 0 || !names.every((name) => PACKAGE_NAME.test(name))) return undefined;
  return { base: base.slice(1), names };
}

function tooDeep(path: string): RopewayError {
  return new RopewayError({
    code: 'NODE_LAYOUT',
    message: 'The packages of the app need one another in a circle of different versions.',
    expected: 'versions that a node_modules without links can hold',
    got: `${path.slice(0, 200)}…`,
    fix: 'bring each of these packages to one version (`overrides` in package.json), install, and build again',
  });
}
