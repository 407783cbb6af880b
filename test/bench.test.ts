import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { root } from './support/root.ts';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const benches = Object.entries(scripts).filter(([name]) => name.startsWith('bench:'));

// What they measure takes minutes; that everything that they import is there shows at once.
it.each(benches)('npm run %s loads and tells its options', async (name, command) => {
  const [program, file] = command.split(' ');
  expect(program).toBe('node');
  const { stdout } = await promisify(execFile)(process.execPath, [file!, '--help'], { cwd: root });
  expect(stdout).toContain(`npm run ${name} --`);
  expect(stdout).toContain('--json');
});
