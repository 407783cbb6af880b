import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';

/** The absolute path of an app's folder. Throws NO_FOLDER. */
export function appFolder(folder: string, verb: string): string {
  const dir = resolve(folder);
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    throw new RopewayError({
      code: 'NO_FOLDER',
      message: 'There is no such folder.',
      expected: 'the folder of a web app',
      got: folder,
      fix: `ropeway ${verb} <folder>`,
    });
  }
  return dir;
}
