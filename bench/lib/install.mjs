// Installs peers in exactly the versions that are wanted, once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PATIENCE_MS = 300_000;

/** Installs `versions` ({package: version}) into the node_modules of `folder`. No script of theirs is run. */
export function installNpm(folder, versions) {
  installOnce(folder, versions, () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    return [npm, ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']];
  });
}

/** Runs the [program, arguments] of `command` in `folder` unless it has been done for what is `wanted`. */
export function installOnce(folder, wanted, command) {
  mkdirSync(folder, { recursive: true });
  const stamp = join(folder, '.peers');
  const hash = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.error('… installing the peers to compare with');
  run(...command(), folder);
  writeFileSync(stamp, hash);
}

/** Throws unless the program ends with exit code 0, in time. */
export function run(program, args, cwd) {
  const shell = program.endsWith('.cmd');
  const { status, error } = spawnSync(program, args, {
    cwd,
    shell,
    stdio: ['ignore', 2, 2],
    timeout: PATIENCE_MS,
  });
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  }
}
