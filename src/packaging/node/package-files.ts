import { toPackFile } from '../files/collect.ts';
import type { PackFile } from '../files/pack-file.ts';
import { walk } from '../files/walk.ts';
import type { Target } from '../types.ts';
import type { Layout, Placement } from './layout.ts';
import { isForAnother, nativePackage, refuses } from './native.ts';
import { generated, linkedFiles } from './plan.ts';

export interface PackageFiles {
  files: PackFile[];
  notices: string[];
}

/** Declarations of types: read by compilers and editors, never run. */
const DECLARATIONS = /\.d\.(?:ts|mts|cts)(?:\.map)?$/;

/**
 * The files of the packages of a layout. Packages that are made for several machines are taken with those parts that
 * the target loads. Throws NATIVE_PACKAGE for one that has none.
 */
export function packageFiles(layout: Layout, target: Target): PackageFiles {
  const { placements } = layout;
  const isHere = target.platform === process.platform && target.arch === process.arch;
  const notices: string[] = [];
  const onOddity = (message: string): number => notices.push(message);
  // A compiler that runs in the app reads declarations.
  const keepsTypes = placements.some(({ installed }) => installed.manifest.name === 'typescript');
  const refused = isHere ? [] : placements.filter(({ installed }) => refuses(installed, target));
  const wrong = refused.filter((placement) => !hasAnother(placement, placements, target)).map(nameOf);
  const files = new Map<string, PackFile>();
  for (const placement of placements) {
    if (refused.includes(placement)) continue;
    const own = ownFiles(placement, onOddity).filter(({ path }) => keepsTypes || !DECLARATIONS.test(path));
    const native = own.filter(({ path }) => path.endsWith('.node')).map(({ source }) => String(source));
    if (!isHere && isForAnother(native, target)) wrong.push(nameOf(placement));
    for (const file of own) files.set(file.path, file);
  }
  for (const file of generatedFiles(layout, onOddity)) files.set(file.path, file);
  if (wrong.length > 0) throw nativePackage([...new Set(wrong)].toSorted(), target);
  if (refused.length > 0)
    notices.push(`left out, for other machines: ${[...new Set(refused.map(nameOf))].join(', ')}`);
  return { files: [...files.values()], notices };
}

function ownFiles({ path: place, installed }: Placement, onOddity: (message: string) => void): PackFile[] {
  if (installed.linked)
    return linkedFiles(installed.folder).map((file) => ({ ...file, path: `${place}/${file.path}` }));
  return walk({
    folder: installed.folder,
    // Its own node_modules holds packages: each has its place in the layout.
    takes: (path, _file, isFolder) => !(isFolder && (path === 'node_modules' || path === '.git')),
    outside: (path, target) => {
      onOddity(`${place}/${path} is a link to ${target}: left out`);
      return false;
    },
    onOddity,
  }).map((found) => toPackFile({ ...found, path: `${place}/${found.path}` }));
}

/** `node_modules/.prisma`, beside the package that loads it. */
function generatedFiles(layout: Layout, onOddity: (message: string) => void): PackFile[] {
  return generated(layout).flatMap(({ path: place, folder }) =>
    walk({ folder, takes: () => true, outside: () => false, onOddity }).map((found) =>
      toPackFile({ ...found, path: `${place}/${found.path}` }),
    ),
  );
}

/** Whether a package that needs this one also has its like for the target: npm installs one for each machine. */
function hasAnother(placement: Placement, placements: Placement[], target: Target): boolean {
  const name = nameOf(placement);
  const optionalOf = placements.filter(({ installed }) =>
    Object.hasOwn(installed.manifest.optionalDependencies ?? {}, name),
  );
  return optionalOf.every(({ installed }) => {
    const others = Object.keys(installed.manifest.optionalDependencies ?? {});
    return placements.some(
      (other) =>
        others.includes(nameOf(other)) &&
        other.installed.manifest.os !== undefined &&
        !refuses(other.installed, target),
    );
  });
}

function nameOf({ path }: Placement): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
