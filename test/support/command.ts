import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { until } from './platform.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const commandFile: string = join(project, 'dist', 'cli', 'main.js');

/** A new folder with these files; `remove` takes it away. */
export function appFolder(files: Record<string, string>): {
  dir: string;
  write(name: string, text: string): void;
  remove(): void;
} {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-app-')));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { dir, write, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `ropeway` to its end. */
export function ropeway(
  args: string[],
  cwd?: string,
  env: NodeJS.ProcessEnv = {},
  nodeOptions: string[] = [],
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeOptions, commandFile, ...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A verb that runs until it is told to stop. */
export interface Running {
  child: ChildProcess;
  url: string;
  /** Every JSON line so far. */
  lines: Record<string, unknown>[];
  stderr(): string;
  /** The first line of this type from `from` on, waiting for it. */
  line(type: string, from?: number): Promise<Record<string, unknown>>;
  get(path: string, init?: RequestInit): Promise<{ status: number; text: string; headers: Headers }>;
  /** Ctrl-C; resolves with the exit code, null after SIGKILL. */
  interrupt(signal?: NodeJS.Signals): Promise<number | null>;
}

/** `ropeway dev --json` on a free port, ready (or failed to load, which also has a URL). */
export function startDev(dir: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  return start(['dev', dir, '--port', '0', '--json', '--yes', ...args], ['ready', 'load-failed'], env);
}

/** `ropeway serve --json` on a free port (unless `args` says another). */
export function startServe(
  dirs: string[],
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  return start(['serve', ...dirs, '--port', '0', '--json', '--yes', ...args], ['serving'], env);
}

async function start(args: string[], ready: string[], env: NodeJS.ProcessEnv): Promise<Running> {
  const child = spawn(process.execPath, [commandFile, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  let stderr = '';
  let rest = '';
  let ended: number | null | undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>);
  });
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.on('close', (code) => {
    ended = code;
  });
  const line = async (type: string, from = 0): Promise<Record<string, unknown>> => {
    const find = (): Record<string, unknown> | undefined =>
      lines.slice(from).find((one) => one['type'] === type);
    await until(() => find() !== undefined || ended !== undefined, 60);
    const found = find();
    if (found === undefined)
      throw new Error(`ended without a line "${type}":\n${JSON.stringify(lines, null, 1)}\n${stderr}`);
    return found;
  };
  const isReady = ({ type }: Record<string, unknown>): boolean => ready.includes(String(type));
  await until(() => lines.some(isReady) || ended !== undefined, 120);
  const first = lines.find(isReady);
  if (first === undefined) throw new Error(`did not start:\n${JSON.stringify(lines, null, 1)}\n${stderr}`);
  const url = String(first['url']);
  return {
    child,
    url,
    lines,
    stderr: () => stderr,
    line,
    get: async (path, init) => {
      const response = await fetch(url + path, init);
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    interrupt: async (signal = 'SIGINT') => {
      child.kill(signal);
      await until(() => ended !== undefined, 60);
      return ended ?? null;
    },
  };
}
