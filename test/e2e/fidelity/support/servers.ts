import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { accepts, freePort } from '../../../../src/lib/ports.ts';
import { root } from '../../../support/root.ts';
import type { RunningApp } from './types.ts';

export interface ServerOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

const PATIENCE_MS = 120_000;

/** Starts an app as its users do. `{port}` in an argument or variable stands for the port that it is to listen on. */
export async function startPlain(
  command: string,
  args: string[],
  options: ServerOptions,
): Promise<RunningApp> {
  const port = await freePort();
  const fill = (text: string): string => text.replaceAll('{port}', String(port));
  const env = { ...process.env, PORT: String(port), ...options.env };
  const app = launch(command, args.map(fill), { ...options, env }, 'SIGTERM');
  return whole(app, async () => {
    await untilItAccepts(app, port);
    return `http://127.0.0.1:${port}`;
  });
}

/** Starts the same app with `ropeway dev`, as built in dist. */
export async function startPlatform(args: string[], options: ServerOptions): Promise<RunningApp> {
  const command = [
    join(root, 'dist', 'cli', 'main.js'),
    'dev',
    options.cwd,
    '--port',
    '0',
    '--yes',
    '--json',
    ...args,
  ];
  const app = launch(
    process.execPath,
    command,
    { ...options, env: { ...process.env, ...options.env } },
    'SIGINT',
  );
  return whole(app, async () =>
    app.line((line) => {
      const event = parseJson(line);
      if (event?.['type'] === 'load-failed') throw new Error(`the app did not load:\n${line}`);
      return event?.['type'] === 'ready' ? String(event['url']) : undefined;
    }),
  );
}

/** The app once it has a URL; when it gets none, it is ended before this rejects. */
async function whole(app: Launched, findUrl: () => Promise<string>): Promise<RunningApp> {
  try {
    return { url: await findUrl(), output: app.output, stop: app.stop };
  } catch (error) {
    await app.stop();
    throw error;
  }
}

async function untilItAccepts(app: Launched, port: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (!(await accepts({ host: '127.0.0.1', port }))) {
    if (app.hasEnded() || Date.now() > until) throw new Error(`it did not start:\n${app.output()}`);
    await sleep(50);
  }
}

interface Launched {
  output(): string;
  hasEnded(): boolean;
  /** The first thing that `find` makes of a line on standard output. */
  line(find: (line: string) => string | undefined): Promise<string>;
  stop(): Promise<number | null>;
}

function launch(command: string, args: string[], options: ServerOptions, ending: NodeJS.Signals): Launched {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const lines = createInterface(child.stdout);
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  lines.on('line', (line) => (printed += `${line}\n`));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', (error) => {
      printed += error.message;
      resolve(null);
    });
  });
  let over = false;
  void ended.then(() => (over = true));
  return {
    output: () => printed,
    hasEnded: () => over,
    line: async (find) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not ready in time:\n${printed}`)), PATIENCE_MS);
        lines.on('line', (line) => {
          try {
            const found = find(line);
            if (found === undefined) return;
            resolve(found);
          } catch (error) {
            reject(error);
          }
          clearTimeout(timer);
        });
        void ended.then(() => {
          clearTimeout(timer);
          reject(new Error(`ended before it was ready:\n${printed}`));
        });
      }),
    stop: async () => {
      child.kill(ending);
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
  };
}

function parseJson(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
