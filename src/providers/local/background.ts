import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { RopewayError } from '../../lib/errors.ts';
import { accepts } from '../../lib/ports.ts';
import { isAlive } from '../../lib/processes.ts';
import { controlSocket } from '../../lib/state-folder.ts';
import { controlClient } from './control-client.ts';

/** A platform that a deployment has started, since none was there. */
interface Background {
  pid: number;
  port: number;
  /** The state folder was made for it. */
  madeFolder: boolean;
}

export interface StartOptions {
  /** State folder of the platform. */
  state: string;
  /** Program and arguments that run `ropeway`. */
  command: string[];
  signal?: AbortSignal;
}

const USUAL_PORT = 3000;
const ANY_PORT = 0;
/** Nobody runs yet. */
const NOBODY = -1;
const START_MS = 30_000;

/** Starts `ropeway serve` in the background unless one has the state folder. Returns whether it did. Throws PLATFORM_NOT_STARTED. */
export async function ensurePlatform(options: StartOptions): Promise<{ started: boolean }> {
  const { state } = options;
  if (await accepts({ path: controlSocket(state) })) return { started: false };
  const before = readBackground(state);
  const madeFolder = before?.madeFolder ?? isNewOrEmpty(state);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // Noted before anything starts: whoever comes after us, should we be killed, is not to take the folder for somebody's.
  if (before === undefined) writeNote(state, { pid: NOBODY, port: ANY_PORT, madeFolder });
  // Between a look at a port and the start somebody else may have taken it: then any port.
  for (const port of [await choosePort(before?.port), ANY_PORT])
    if (await start(options, port, madeFolder)) return { started: true };
  throw notStarted(logFile(state));
}

/** False when it ended without ever listening. */
async function start(
  { state, command, signal }: StartOptions,
  port: number,
  madeFolder: boolean,
): Promise<boolean> {
  const log = openSync(logFile(state), 'w', 0o600);
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, [...args, 'serve', '--state', state, '--port', String(port), '--quiet'], {
    cwd: state,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, [STARTED_BY]: madeFolder ? 'made-folder' : 'had-folder' },
  });
  closeSync(log);
  child.unref();
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  const until = Date.now() + START_MS;
  while (!(await accepts({ path: controlSocket(state) }))) {
    // Another command may have started one for the same folder at the same moment: its socket is as good.
    if (ended) return soonAccepts(controlSocket(state));
    if (Date.now() > until) throw notStarted(logFile(state));
    signal?.throwIfAborted();
    await sleep(20);
  }
  return true;
}

/** Ends a platform that was started in the background and has nothing left to run; its folder goes, too, if it was made for it. */
export async function stopIfIdle(state: string): Promise<boolean> {
  const background = readBackground(state);
  if (background === undefined) return false;
  const client = controlClient(controlSocket(state));
  const { pid } = await client.call<{ pid: number }>('GET', '/v1/health');
  const { functions } = await client.call<{ functions: unknown[] }>('GET', '/v1/functions');
  const { sites } = await client.call<{ sites: unknown[] }>('GET', '/v1/sites');
  if (pid !== background.pid || functions.length > 0 || sites.length > 0) return false;
  process.kill(pid, 'SIGTERM');
  while (isAlive(pid)) await sleep(10);
  // Somebody else may have deployed in the last moment: that is kept, and there again with the next start.
  if (holdsDeployments(state)) return false;
  if (background.madeFolder) rmSync(state, { recursive: true, force: true });
  else for (const file of [backgroundFile(state), logFile(state)]) rmSync(file, { force: true });
  return true;
}

/** Tells a platform that nobody but a deployment wants it. */
const STARTED_BY = 'ROPEWAY_BACKGROUND';

/** Whether this process is such a platform: nobody reads what it prints, and its records have it all. */
export function isBackground(): boolean {
  return process.env[STARTED_BY] !== undefined;
}

/** A platform that was started so notes it by itself: whoever started it may be gone. */
export function noteBackground(state: string, port: number): void {
  const how = process.env[STARTED_BY];
  if (how === undefined) return;
  writeNote(state, { pid: process.pid, port, madeFolder: how === 'made-folder' });
}

/** Whether anything is stored as deployed; what cannot be read is somebody's, too. */
function holdsDeployments(state: string): boolean {
  const file = join(state, 'deployments.json');
  if (!existsSync(file)) return false;
  try {
    const { value } = JSON.parse(readFileSync(file, 'utf8')) as {
      value: { functions: object; sites?: object };
    };
    return Object.keys({ ...value.functions, ...value.sites }).length > 0;
  } catch {
    return true;
  }
}

function logFile(state: string): string {
  return join(state, 'serve.log');
}

function writeNote(state: string, note: Background): void {
  writeFileSync(backgroundFile(state), JSON.stringify(note), { mode: 0o600 });
}

function isNewOrEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

function backgroundFile(state: string): string {
  return join(state, 'background.json');
}

function readBackground(state: string): Background | undefined {
  try {
    return JSON.parse(readFileSync(backgroundFile(state), 'utf8')) as Background;
  } catch {
    return undefined;
  }
}

/** The one that it had, so that addresses stay; else the usual one, else any (0). */
async function choosePort(before: number | undefined): Promise<number> {
  for (const port of [before, USUAL_PORT]) {
    if (port !== undefined && port !== ANY_PORT && !(await accepts({ host: '127.0.0.1', port }))) return port;
  }
  return ANY_PORT;
}

async function soonAccepts(socket: string): Promise<boolean> {
  await sleep(500);
  return accepts({ path: socket });
}

function notStarted(file: string): RopewayError {
  let detail = '';
  try {
    detail = readFileSync(file, 'utf8').trim().split('\n').slice(-20).join('\n');
  } catch {
    // There is none.
  }
  return new RopewayError({
    code: 'PLATFORM_NOT_STARTED',
    fault: 'system',
    message: 'A platform could not be started in the background.',
    ...(detail === '' ? {} : { detail }),
    fix: 'start one yourself and read what it says: ropeway serve',
  });
}
