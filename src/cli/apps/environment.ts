import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import type { AppOptions } from './options.ts';

/**
 * The app's environment from files and options; later ones win, options over files.
 * Throws ENV_FILE for a file that cannot be read, ENV_OPTION for a malformed or unset variable.
 */
export function readEnvironment(options: AppOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const file of options.envFile) Object.assign(env, readEnvFile(file));
  for (const option of options.env) {
    const [name, value] = readEnvOption(option);
    env[name] = value;
  }
  return env;
}

function readEnvFile(file: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(resolve(file), 'utf8')) as Record<string, string>;
  } catch (error) {
    throw new RopewayError({
      code: 'ENV_FILE',
      message: `The file of --env-file cannot be read: ${errorMessage(error)}`,
      cause: error,
    });
  }
}

function readEnvOption(option: string): [name: string, value: string] {
  const equals = option.indexOf('=');
  const name = equals === -1 ? option : option.slice(0, equals);
  const value = equals === -1 ? process.env[name] : option.slice(equals + 1);
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new RopewayError({
      code: 'ENV_OPTION',
      message: '--env has no name of a variable.',
      expected: 'KEY=VALUE, or KEY to pass yours on',
      // The value may be a secret: show the name alone.
      got: name,
    });
  }
  if (value === undefined) {
    throw new RopewayError({
      code: 'ENV_OPTION',
      message: `--env ${name} passes your own ${name} on, but it is not set here.`,
      fix: `--env ${name}=value`,
    });
  }
  return [name, value];
}
