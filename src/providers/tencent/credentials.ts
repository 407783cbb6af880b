import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { RopewayError, systemCode } from '../../lib/errors.ts';
import type { Keys, TencentOptions } from './options.ts';

type Env = Record<string, string | undefined>;

/** The places that keys are looked for in, as errors name them. */
export const PLACES =
  'the environment or a .env (TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or TENCENT_SECRET_ID and TENCENT_SECRET_KEY), ~/.tencentcloud/credentials, ~/.tccli/default.credential (`tccli configure`)';

/**
 * Keys from the first place that has any: given ones, the environment (in the words of the SDKs, then in those of the old components), the file of the
 * SDKs, the file of tccli. Rejects with CREDENTIALS_MISSING, CREDENTIALS_WRONG (a file that cannot be read).
 */
export async function findKeys({
  credentials,
  env = process.env,
}: Pick<TencentOptions, 'credentials' | 'env'>): Promise<Keys> {
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  const found =
    credentials ??
    keysOf(env['TENCENTCLOUD_SECRET_ID'], env['TENCENTCLOUD_SECRET_KEY'], tokenOf(env)) ??
    keysOf(env['TENCENT_SECRET_ID'], env['TENCENT_SECRET_KEY'], env['TENCENT_TOKEN']) ??
    (await keysInFile(join(home, '.tencentcloud', 'credentials'), parseIni)) ??
    (await keysInFile(join(home, '.tccli', 'default.credential'), parseTccli));
  if (found !== undefined) return found;
  throw new RopewayError({
    code: 'CREDENTIALS_MISSING',
    message: 'There are no Tencent Cloud credentials.',
    expected: `keys in one of these places: ${PLACES}`,
    fix: 'make keys at https://console.cloud.tencent.com/cam/capi, and put them into one of these places',
  });
}

/** `[default]` with `secret_id` and `secret_key`, as the SDKs read it. */
export function parseIni(text: string): Keys | undefined {
  let section = '';
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (name !== undefined) section = name.trim();
    const [, key, value] = /^\s*([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === 'default' && key !== undefined) values.set(key.toLowerCase(), value!);
  }
  return keysOf(values.get('secret_id'), values.get('secret_key'), values.get('token'));
}

/** JSON with `secretId` and `secretKey`; `token` where they came from a session. Throws SyntaxError. */
export function parseTccli(text: string): Keys | undefined {
  const found = JSON.parse(text) as Record<string, unknown> | null;
  const word = (name: string): string | undefined => {
    const value = found?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  return keysOf(word('secretId'), word('secretKey'), word('token'));
}

async function keysInFile(
  path: string,
  parse: (text: string) => Keys | undefined,
): Promise<Keys | undefined> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw new RopewayError({
      code: 'CREDENTIALS_WRONG',
      message: `${path} cannot be read.`,
      // What a parser quotes may be the secret.
      got: systemCode(error) ?? 'no JSON',
      fix: 'write it anew (`tccli configure`), or give keys in the environment',
    });
  }
}

function tokenOf(env: Env): string | undefined {
  return env['TENCENTCLOUD_TOKEN'] || env['TENCENTCLOUD_SESSION_TOKEN'];
}

function keysOf(
  secretId: string | undefined,
  secretKey: string | undefined,
  token: string | undefined,
): Keys | undefined {
  if (!secretId || !secretKey) return undefined;
  return { secretId, secretKey, ...(token ? { token } : {}) };
}
