import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { PackFile } from '../files/pack-file.ts';
import { run } from '../run.ts';
import type { PackageOptions, Target } from '../types.ts';
import { readPackages } from './installed.ts';
import { type Layout, layOut } from './layout.ts';
import type { NodePlan } from './plan.ts';

const TAIL = 20;

/**
 * Installs what an app needs to run into a copy of it, so that its own folder stays as it is; `use` gets the layout
 * there, and then the copy is removed. Throws INSTALL_FAILED.
 */
export async function installedBeside<Result>(
  files: PackFile[],
  plan: NodePlan,
  { dir, target, onLine, signal }: PackageOptions,
  use: (layout: Layout, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-npm-')));
  try {
    copy(files, folder);
    // Where private packages come from, and with which token: it goes no further than this copy.
    if (existsSync(join(dir, '.npmrc'))) copyFileSync(join(dir, '.npmrc'), join(folder, '.npmrc'));
    const isLocked = ['package-lock.json', 'npm-shrinkwrap.json'].some((file) =>
      existsSync(join(folder, file)),
    );
    const command = [
      process.platform === 'win32' ? 'npm.cmd' : 'npm',
      // What a lock file pins is the same from npm's cache, which is not asked again whether it is.
      ...(isLocked ? ['ci', '--prefer-offline'] : ['install']),
      ...['--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'],
      ...forTarget(target),
    ];
    const ended = await run(command, { cwd: folder, onLine, signal });
    if (!ended.ok) throw installFailed(command, ended.how, ended.lines);
    const layout = layOut({
      dir: folder,
      importers: plan.importers,
      extra: plan.extra,
      manifests: plan.mode !== 'bundled',
      packages: readPackages(),
    });
    // npm makes a link to a folder that does not exist without a word.
    if (layout.missing.length > 0)
      throw installFailed(command, `${layout.missing.join(', ')} is not there`, ended.lines);
    return await use(layout, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copy(files: PackFile[], folder: string): void {
  for (const { path, source } of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof source === 'string') copyFileSync(source, target);
    else writeFileSync(target, source);
  }
}

function forTarget({ platform, arch }: Target): string[] {
  if (platform === process.platform && arch === process.arch) return [];
  return [`--os=${platform}`, `--cpu=${arch}`, ...(platform === 'linux' ? ['--libc=glibc'] : [])];
}

function installFailed(command: string[], how: string, lines: string[]): RopewayError {
  return new RopewayError({
    code: 'INSTALL_FAILED',
    message: `The packages of the app cannot be installed (${how}).`,
    detail: [`$ ${command.join(' ')}`, ...lines.slice(-TAIL)].join('\n'),
    fix: 'mend what the output above says, then run the command again',
  });
}
