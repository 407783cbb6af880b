import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { once } from './once.ts';
import { root } from './root.ts';
import { run } from './run.ts';

/** Folder of a Node app in test/apps, its dependencies installed as its lock file says. */
export async function nodeApp(name: string): Promise<string> {
  const folder = join(root, 'test', 'apps', name);
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  await once(`node-app-${name}`, [process.version, lock], async () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await run(npm, ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
    });
  });
  return folder;
}
