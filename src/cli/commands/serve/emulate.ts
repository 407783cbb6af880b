import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EMULATORS, type KnownEmulator } from '../../../emulators/list.ts';
import type { Emulator, Keys } from '../../../emulators/types.ts';
import { nearest } from '../../../lib/nearest.ts';
import { RopewayError } from '../../../lib/errors.ts';
import type { Server } from '../../../platform/server.ts';

/** An emulator that is wanted. */
export interface EmulatorWish {
  emulator: KnownEmulator;
  port: number;
}

/** An emulator that runs, and the file that leads programs to it. */
export interface RunningEmulator extends Emulator {
  /** Lines for a shell: `. file`. Readable for its owner alone. */
  envFile: string;
}

/** `aws,tencent`, each with a port if need be: `aws:4600`. Throws EMULATE. */
export function emulatorWishes(text: string | undefined): EmulatorWish[] {
  if (text === undefined) return [];
  const wishes = text.split(',').map((part) => emulatorWish(part.trim()));
  const twice = wishes.find(({ emulator }, index) =>
    wishes.some((other, at) => at < index && other.emulator === emulator),
  );
  if (twice !== undefined) throw badWish(text, `${twice.emulator.name} twice`);
  return wishes;
}

/** Starts them; each keeps its books in a folder of its own below the state folder. Nothing is left running when one cannot be started. */
export async function startEmulators(
  wishes: readonly EmulatorWish[],
  { server, state, host, onNotice }: StartOptions,
): Promise<RunningEmulator[]> {
  const running: RunningEmulator[] = [];
  try {
    for (const { emulator, port } of wishes) {
      const folder = join(state, 'emulators', emulator.name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const started = await emulator.start({
        host,
        port,
        folder,
        platform: server.guests(join(folder, 'packages')),
        keys: keysOf(folder),
        onNotice,
      });
      const envFile = `${folder}.env`;
      writeFileSync(envFile, shellLines(started.env), { mode: 0o600 });
      running.push({ ...started, envFile });
    }
    return running;
  } catch (error) {
    await Promise.all(running.map((one) => one.close()));
    throw error;
  }
}

export interface StartOptions {
  server: Server;
  /** State folder of the platform. */
  state: string;
  host: string;
  onNotice(message: string): void;
}

function emulatorWish(text: string): EmulatorWish {
  const [, name = '', given] = /^([\w-]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const emulator = EMULATORS.find((one) => one.name === name);
  const port = Number(given ?? emulator?.port);
  if (emulator !== undefined && port <= 65_535) return { emulator, port };
  throw badWish(text, text === '' ? 'nothing' : text);
}

function badWish(text: string, got: string): RopewayError {
  const names = EMULATORS.map(({ name }) => name);
  const meant = nearest(text.split(':', 1)[0]!, names);
  return new RopewayError({
    code: 'EMULATE',
    message: '--emulate has no cloud that there is.',
    expected: `${names.join(', ')}, or both; with a port: aws:4600`,
    got,
    ...(meant === undefined ? {} : { fix: `--emulate ${meant}` }),
  });
}

const KEY_FILE = 'keys.json';

/** Whoever has them can run code here: they are made once, at random, and readable for their owner alone. */
function keysOf(folder: string): Keys {
  const file = join(folder, KEY_FILE);
  const known = readKeys(file);
  if (known !== undefined) return known;
  const keys = {
    id: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secret: randomBytes(24).toString('hex'),
  };
  writeFileSync(file, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
  return keys;
}

function readKeys(file: string): Keys | undefined {
  try {
    const { id, secret } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Keys>;
    return typeof id === 'string' && typeof secret === 'string' ? { id, secret } : undefined;
  } catch {
    return undefined;
  }
}

function shellLines(env: Record<string, string>): string {
  const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}
