import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { invalid } from '../errors.ts';
import type { ConfigFile } from '../file.ts';

export interface JsOptions {
  stage: string;
  env: Record<string, string | undefined>;
  /** Milliseconds. */
  timeout?: number;
}

const TIMEOUT = 20_000;
/** Characters of the value, and of what the file prints. */
const MAX_SIZE = 5_000_000;
const MAX_TAIL = 4000;
/** Node's exit code when nothing is left to do but what is awaited. */
const UNSETTLED = 13;
/** Where the value is written: the file may print what it likes. */
const CHANNEL = 3;

/**
 * Run by Node itself, so that it needs no file of ours: `default` of either kind of module, called when it is a function.
 * Its watch runs beside it and ends it also when nobody is left who would.
 */
const PROGRAM = `
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
const [, file, stage, timeout] = process.argv;
new Worker('setTimeout(() => process.kill(process.pid, "SIGKILL"), ' + timeout + ')', { eval: true }).unref();
let value = (await import(pathToFileURL(file).href)).default;
if (typeof value === 'function') value = value({ stage });
const json = JSON.stringify(await value);
writeFileSync(${CHANNEL}, json ?? 'null');
process.exit(0);
`;

/**
 * The value of a `serverless.js`, as JSON has it: an object, or a function or promise that gives one. It runs in a
 * process of its own, which can neither hang this one nor change anything in it. Throws CONFIG.
 */
export async function readJs(dir: string, name: string, options: JsOptions): Promise<ConfigFile> {
  const { timeout = TIMEOUT, stage, env } = options;
  const args = ['--input-type=module', '--eval', PROGRAM, join(dir, name), stage, String(timeout)];
  const child = spawn(process.execPath, args, {
    cwd: dir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: what the file starts ends with it.
    detached: true,
  });
  const ended = await output(child, timeout);
  if (ended.problem !== undefined) throw failed(name, ended.problem, ended.tail);
  return { name, value: parse(name, ended), where: () => name };
}

interface Ended {
  json: string;
  /** Of what was printed, the end. */
  tail: string;
  problem?: string;
}

function output(child: ChildProcess, timeout: number): Promise<Ended> {
  return new Promise((resolve) => {
    const ended: Ended = { json: '', tail: '' };
    const stop = (problem: string): void => {
      ended.problem ??= problem;
      child.kill('SIGKILL');
      endGroup(child);
    };
    const late = `it was not done after ${timeout / 1000} seconds`;
    const timer = setTimeout(() => stop(late), timeout);
    const channel = child.stdio[CHANNEL] as Readable;
    channel.setEncoding('utf8').on('data', (text: string) => {
      ended.json += text;
      if (ended.json.length > MAX_SIZE) stop('its value is too large');
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        ended.tail = (ended.tail + text).slice(-MAX_TAIL);
      });
    }
    child.on('error', ({ message }) => stop(message));
    // Whoever still holds its pipes is in its group.
    child.on('exit', (code, signal) => {
      endGroup(child);
      if (code !== 0) ended.problem ??= howEnded(code, signal);
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve(ended);
    });
  });
}

function howEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === null) return `it was ended by ${signal}`;
  return code === UNSETTLED ? 'it waits for a promise that is never kept' : `it ended with exit code ${code}`;
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function parse(name: string, { json, tail }: Ended): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw failed(name, 'it ended without a value', tail);
  }
}

function failed(name: string, got: string, tail: string): Error {
  return invalid(`${name} could not be evaluated.`, {
    expected:
      'a module whose export is an object that JSON can hold, or a function or promise that gives one',
    got,
    ...(tail.trim() === '' ? {} : { detail: tail.trimEnd() }),
  });
}
