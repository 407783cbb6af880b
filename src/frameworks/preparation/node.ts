import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { DetectedApp } from '../types.ts';
import type { Preparation, PreparationStep } from './types.ts';

/** The parts of package.json that say what has to be installed. */
export interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  workspaces?: unknown;
}

const SHOWN = 6;

/** Dependencies that are not in node_modules, and a build whose output is missing. */
export async function planNode(dir: string, app: DetectedApp): Promise<Preparation> {
  const { entry, build } = app;
  const folder = existsSync(join(entry.root, 'package.json')) ? entry.root : dir;
  const isUnbuilt = build !== undefined && entry.runtime === 'node' && !existsSync(entry.file);
  const steps: PreparationStep[] = [];
  const missing = missingPackages(folder, isUnbuilt);
  if (missing.length > 0) {
    const { installation } = await import('./node-install.ts');
    const { command, cwd } = installation(folder);
    // Package managers leave the tools of the build out when this says `production`.
    const env =
      isUnbuilt && process.env['NODE_ENV'] === 'production' ? { NODE_ENV: 'development' } : undefined;
    steps.push({
      title: command.join(' '),
      why: `not installed, but named in package.json: ${missing.slice(0, SHOWN).join(', ')}${missing.length > SHOWN ? '…' : ''}`,
      command,
      cwd,
      ...(env === undefined ? {} : { env }),
    });
  }
  if (isUnbuilt) {
    steps.push({
      title: build,
      why: `${app.selector} does not exist yet; it is what the build makes`,
      command: ['/bin/sh', '-c', build],
      cwd: folder,
    });
  }
  return { steps, notes: [] };
}

/** package.json of a folder; undefined when there is none or it cannot be parsed (npm will say more about that). */
export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Manifest | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function missingPackages(folder: string, withTools: boolean): string[] {
  const manifest = readManifest(folder);
  const names = Object.keys({
    ...manifest?.dependencies,
    ...(withTools ? manifest?.devDependencies : {}),
  });
  // A platform may lack these, though some package managers list them among the others too.
  const optional = manifest?.optionalDependencies ?? {};
  return names.filter((name) => !Object.hasOwn(optional, name) && !isInstalled(folder, name));
}

/** Looks upwards as Node does: workspaces install into the root's folder. Yarn's Plug'n'Play has no folders. */
function isInstalled(start: string, name: string): boolean {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name)) || existsSync(join(folder, '.pnp.cjs'))) return true;
    if (dirname(folder) === folder) return false;
  }
}
