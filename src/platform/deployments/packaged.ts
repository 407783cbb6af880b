import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { Entry } from '../../runtimes/entry.ts';
import { noSuchPackage } from '../packages/errors.ts';
import type { Packages } from '../packages/packages.ts';
import type { FunctionSpec } from '../types.ts';
import { mapPaths } from './entry-paths.ts';
import type { Deployments, SitePublication, VersionSpec } from './types.ts';

type Place = Pick<Packages, 'folder'>;

/** What the platform runs for a version: its paths are where its package is on this machine, now. */
export function functionSpec(name: string, spec: VersionSpec, packages: Place): FunctionSpec {
  const { package: packaged, ...rest } = spec;
  const whole = { ...rest, name, stage: '' };
  if (packaged === undefined) return whole;
  const entry = inPackage(spec.entry, packages.folder(packaged.code));
  const layers = (packaged.layers ?? []).map((digest) => packages.folder(digest));
  if (entry.runtime !== 'python') return { ...whole, entry, env: { ...libraryPaths(layers), ...spec.env } };
  const libraries = layers.map(libraryOf);
  return { ...whole, entry: { ...entry, libraries } };
}

/** Where Node (CommonJS alone), and Python when a command starts it, look for what is in layers, as in the clouds. */
export function libraryPaths(layers: string[]): Record<string, string> {
  if (layers.length === 0) return {};
  const forNode = layers.flatMap((layer) => [
    join(layer, 'nodejs', 'node_modules'),
    join(layer, 'node_modules'),
  ]);
  return { NODE_PATH: forNode.join(delimiter), PYTHONPATH: layers.map(libraryOf).join(delimiter) };
}

/** The packages of a version. */
export function packagesOf({ package: packaged }: VersionSpec): string[] {
  return packaged === undefined ? [] : [packaged.code, ...(packaged.layers ?? [])];
}

/** The packages of all that is deployed. */
export function deployedPackages({ functions, sites }: Deployments): Set<string> {
  const versions = Object.values(functions).flatMap((fn) => fn.versions);
  const ofSites = Object.values(sites).map((site) => site.package);
  return new Set([...versions.flatMap(({ spec }) => packagesOf(spec)), ...ofSites]);
}

type Store = Pick<Packages, 'folder' | 'has'>;

/** Throws NO_SUCH_PACKAGE, and BAD_SPEC when the entry names what its package does not have. */
export function checkPackages(spec: VersionSpec, packages: Store): void {
  for (const digest of packagesOf(spec)) if (!packages.has(digest)) throw noSuchPackage(digest);
  const code = spec.package?.code;
  if (code === undefined) return;
  mapPaths(spec.entry, (value, path) => {
    refuseMissing(
      packages,
      code,
      value,
      path.includes('root') ? 'folder' : 'file',
      `entry.${path.join('.')}`,
    );
    return value;
  });
}

/** Throws NO_SUCH_PACKAGE, and BAD_SPEC when the error file is not in the package. */
export function checkSitePackage(site: SitePublication, packages: Store): void {
  if (!packages.has(site.package)) throw noSuchPackage(site.package);
  if (site.error !== undefined) refuseMissing(packages, site.package, site.error, 'file', 'error');
}

function refuseMissing(
  packages: Store,
  digest: string,
  path: string,
  kind: 'file' | 'folder',
  place: string,
): void {
  const found = statSync(join(packages.folder(digest), path), { throwIfNoEntry: false });
  if (found !== undefined && found.isDirectory() === (kind === 'folder')) return;
  throw new RopewayError({
    code: 'BAD_SPEC',
    message: `The package does not have the ${kind} that \`${place}\` names.`,
    expected: `a ${kind} in package ${digest}`,
    got: path,
  });
}

function inPackage(entry: Entry, folder: string): Entry {
  return mapPaths(entry, (value) => join(folder, value));
}

/** As the clouds' layers have it, or as a folder that pip has filled. */
export function libraryOf(folder: string): string {
  const python = join(folder, 'python');
  return statSync(python, { throwIfNoEntry: false })?.isDirectory() === true ? python : folder;
}
