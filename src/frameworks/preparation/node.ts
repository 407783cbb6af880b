import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import type { DetectedApp } from '../types.ts';
import type { Preparation, PreparationStep } from './types.ts';

interface Manifest {
  dependencies?: Record<string, string>;
}

/** Dependencies that are not in node_modules, and a build whose output is missing. */
export function planNode(dir: string, app: DetectedApp): Preparation {
  const steps: PreparationStep[] = [];
  const missing = missingPackages(dir);
  if (missing.length > 0) {
    const command = installCommand(dir);
    steps.push({
      title: command.join(' '),
      why: `not installed, but named in package.json: ${missing.slice(0, 6).join(', ')}${missing.length > 6 ? '…' : ''}`,
      command,
      cwd: dir,
    });
  }
  if (app.build !== undefined && app.entry.runtime === 'node' && !existsSync(app.entry.file)) {
    steps.push({
      title: app.build,
      why: `${app.selector} does not exist yet; it is what the build makes`,
      command: ['/bin/sh', '-c', app.build],
      cwd: dir,
    });
  }
  return { steps, notes: [] };
}

function missingPackages(dir: string): string[] {
  const file = join(dir, 'package.json');
  if (!existsSync(file)) return [];
  let manifest: Manifest | null;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest | null;
  } catch {
    // npm and Node will say more about a broken manifest than we could.
    return [];
  }
  return Object.keys(manifest?.dependencies ?? {}).filter((name) => !isInstalled(dir, name));
}

/** Looks upwards as Node does: workspaces install into the root's folder. */
function isInstalled(dir: string, name: string): boolean {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name))) return true;
    if (dirname(folder) === folder) return false;
  }
}

const BY_LOCK_FILE: [file: string, command: string[]][] = [
  ['pnpm-lock.yaml', ['pnpm', 'install', '--frozen-lockfile']],
  ['yarn.lock', ['yarn', 'install', '--frozen-lockfile']],
  ['package-lock.json', ['npm', 'ci']],
  ['npm-shrinkwrap.json', ['npm', 'ci']],
];

function installCommand(dir: string): string[] {
  const match = BY_LOCK_FILE.find(([file, [program]]) => existsSync(join(dir, file)) && isOnPath(program!));
  return match?.[1] ?? ['npm', 'install'];
}

function isOnPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some(
    (folder) =>
      folder !== '' && (existsSync(join(folder, program)) || existsSync(join(folder, `${program}.cmd`))),
  );
}
