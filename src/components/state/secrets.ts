import { createHmac, randomBytes } from 'node:crypto';

import type { Values } from '../component.ts';

/** What stands in the state for a value that may be a secret: enough to see that it is another one. */
const MARK = '$secret';

export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

/** The inputs as they may be written down and shown: values at secret paths, and all of any `environment`, `env` or `variables`, are digests. */
export function withoutSecrets(
  inputs: Values,
  isSecret: (path: (string | number)[]) => boolean,
  salt: string,
): Values {
  return masked(inputs, [], isSecret, salt) as Values;
}

/** For people. */
export function isMasked(value: unknown): boolean {
  return typeof value === 'object' && value !== null && MARK in value;
}

const ENVIRONMENTS = new Set(['env', 'variables', 'environments']);

function masked(
  value: unknown,
  path: (string | number)[],
  isSecret: (path: (string | number)[]) => boolean,
  salt: string,
): unknown {
  const key = path.at(-1);
  const inEnvironment = path.slice(0, -1).some((part) => ENVIRONMENTS.has(String(part)));
  if (typeof value !== 'object' || value === null) {
    const isName = key === 'key' && path.includes('environments');
    return (inEnvironment && !isName) || isSecret(path)
      ? {
          [MARK]: createHmac('sha256', salt)
            .update(JSON.stringify(value) ?? '')
            .digest('hex')
            .slice(0, 32),
        }
      : value;
  }
  if (Array.isArray(value)) return value.map((item, index) => masked(item, [...path, index], isSecret, salt));
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => [name, masked(inside, [...path, name], isSecret, salt)]),
  );
}
