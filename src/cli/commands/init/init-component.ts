import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { RopewayError } from '../../../lib/errors.ts';
import { packageVersion } from '../../../lib/package-root.ts';
import { printEvent, say } from '../../print-lines.ts';
import { componentFiles } from './component-files.ts';

/** Writes the beginning of a component into a new folder. Throws FOLDER_NOT_EMPTY. */
export function initComponent(folder: string, json: boolean): void {
  const dir = resolve(folder);
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new RopewayError({
      code: 'FOLDER_NOT_EMPTY',
      message: 'The folder has something in it already.',
      expected: 'a new or an empty folder',
      got: folder,
      fix: 'ropeway init component <another folder>',
    });
  }
  mkdirSync(dir, { recursive: true });
  const files = componentFiles(basename(dir), packageVersion());
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  if (json) printEvent('made', { folder: dir, files: Object.keys(files) });
  else {
    for (const name of Object.keys(files)) say(`  ${join(folder, name)}`);
    say(
      `\nTry it:\n  $ cd ${folder} && npm install && npm test\nUse it in a serverless.yml or ropeway.yml:\n  mine:\n    component: ${/^[./]/.test(folder) ? folder : `./${folder}`}`,
    );
  }
}
