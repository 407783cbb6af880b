import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { errorMessage, systemCode } from '../../lib/errors.ts';
import { invalid } from '../errors.ts';
import { checkStage } from '../stage.ts';

/**
 * Variables of `.env` and `.env.<stage>` of a folder: those of the stage win, and those of this process over both.
 * Throws CONFIG for a file that cannot be read.
 */
export function readEnvFiles(
  dir: string,
  stage: string,
  own: Record<string, string | undefined> = process.env,
): Record<string, string | undefined> {
  checkStage(stage);
  return { ...readEnvFile(dir, '.env'), ...readEnvFile(dir, `.env.${stage}`), ...own };
}

function readEnvFile(dir: string, name: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(join(dir, name), 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw invalid(`${name} cannot be read.`, {
      expected: 'a file of NAME=value lines',
      got: systemCode(error) ?? errorMessage(error),
      fix: `make ${name} a readable file, or remove it`,
      cause: error,
    });
  }
}
