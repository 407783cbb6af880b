import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { formOf } from '../form.ts';
import { onlyOne } from '../only-one.ts';
import { readYaml } from '../yaml/read.ts';

/** The one to keep first. */
const NAMES = [
  'ropeway.yml',
  'ropeway.yaml',
  'serverless.yml',
  'serverless.yaml',
  'serverless.json',
  'serverless.js',
];

/** The name of the one file in a folder that says what is deployed. Throws CONFIG when there are several. */
export function findFile(dir: string): string | undefined {
  const found = NAMES.filter((name) => existsSync(join(dir, name)));
  if (found.length < 2) return found[0];
  // Who comes from another tool keeps its file beside ours.
  return onlyOne(found.filter((name) => !isService(dir, name))) ?? onlyOne(found);
}

function isService(dir: string, name: string): boolean {
  if (!name.startsWith('serverless.') || extname(name) === '.js') return false;
  try {
    return formOf(name, readYaml(dir, name).value) === 'service';
  } catch (error) {
    if (error instanceof RopewayError) return false;
    throw error;
  }
}
