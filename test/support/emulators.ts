import { mkdtempSync, realpathSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Running, startServe } from './command.ts';

/** A `ropeway serve --emulate` of its own, in a new state folder. */
export interface EmulatingServe {
  running: Running;
  state: string;
  /** What leads clients to the emulator of a cloud. */
  env(cloud: 'aws' | 'tencent'): Record<string, string>;
  /** Stops it and removes its folder; resolves with its exit code. */
  end(): Promise<number | null>;
}

export async function emulatingServe(clouds: string[] = ['aws', 'tencent']): Promise<EmulatingServe> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 're-')));
  const state = join(top, 's');
  const running = await startServe(
    [],
    ['--state', state, '--emulate', clouds.map((one) => `${one}:0`).join(',')],
  );
  const told = (await running.line('serving'))['emulators'] as { name: string; envFile: string }[];
  return {
    running,
    state,
    env: (cloud) => readEnvFile(told.find(({ name }) => name === cloud)!.envFile),
    end: async () => {
      const code = await running.interrupt();
      rmSync(top, { recursive: true, force: true });
      return code;
    },
  };
}

/** `export NAME='value'` lines. */
function readEnvFile(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').matchAll(/^export (\w+)='(.*)'$/gm);
  return Object.fromEntries(
    [...lines].map(([, name = '', value = '']) => [name, value.replaceAll("'\\''", "'")]),
  );
}
