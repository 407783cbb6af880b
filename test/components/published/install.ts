import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { once } from '../../support/once.ts';
import { root } from '../../support/root.ts';
import { run } from '../../support/run.ts';

/** Folder of a published component, installed once from the registry. `reference` is `<name>@<exact version>`. */
export async function installPublished(reference: string): Promise<string> {
  const name = reference.slice(0, reference.lastIndexOf('@'));
  const folder = join(root, '.cache', 'published', reference.replace('/', '+'));
  const installed = join(folder, 'node_modules', name);
  await once(`published-${reference.replace('/', '+')}`, [reference], async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run(npm, ['install', ...options, reference], { cwd: folder });
  });
  return installed;
}
