import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { packageRoot } from '../../lib/package-root.ts';
import { componentEnvironment } from './environment.ts';
import { guardGroup } from './guard.ts';
import { readLines, writeLine } from './json-lines.ts';
import type { FromChild, LogLine, ToChild } from './messages.ts';
import { readOutput } from './output-lines.ts';
import type { Place } from './place.ts';
import type { Mask } from './secrets.ts';

const MAIN = join(packageRoot, 'dist/components/published/child/main.js');

/** What still holds a pipe of a child that has ended does not get longer than this. */
const PIPES_MS = 1000;

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 2000;

export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The process could not be started, or spoke what is not ours. */
  error?: Error;
}

export interface Child {
  send(message: ToChild): void;
  /** Resolves when the process and all that it started have ended, with everything that it printed handed over. */
  ended: Promise<End>;
  /** Asks the group to end, then makes it. */
  stop(): void;
}

export interface ChildWishes {
  place: Place;
  root: string;
  isOffline: boolean;
  mask: Mask;
  onMessage(message: FromChild): void;
  /** What it prints: stdout as `log`, stderr as `warn`. */
  onOutput(line: LogLine): void;
}

export function startChild(wishes: ChildWishes): Child {
  const process = spawn(globalThis.process.execPath, ['--no-deprecation', MAIN], {
    cwd: wishes.root,
    env: componentEnvironment(wishes.place, wishes.isOffline),
    // A group of its own, so that what it starts can be ended with it.
    detached: globalThis.process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'overlapped'],
    windowsHide: true,
  });
  const channel = process.stdio[3] as unknown as Readable & Writable;
  const broken = readMessages(channel, wishes.onMessage, () => killGroup(process, 'SIGKILL'));
  const printed = [
    readOutput(process.stdout!, wishes.mask, (text) => wishes.onOutput({ level: 'log', text })),
    readOutput(process.stderr!, wishes.mask, (text) => wishes.onOutput({ level: 'warn', text })),
  ];
  const release = process.pid === undefined ? () => undefined : guardGroup(process.pid, wishes.place.folder);
  let late: NodeJS.Timeout | undefined;
  return {
    send: (message) => void channel.write(writeLine(message)),
    ended: whenEnded(process, printed).then((end) => {
      release();
      clearTimeout(late);
      return { ...end, ...broken() };
    }),
    stop() {
      killGroup(process, 'SIGTERM');
      late = setTimeout(() => killGroup(process, 'SIGKILL'), GRACE_MS);
    },
  };
}

function readMessages(
  channel: Readable,
  onMessage: (message: FromChild) => void,
  onBroken: () => void,
): () => { error?: Error } {
  let error: Error | undefined;
  const read = readLines((value) => onMessage(value as FromChild));
  channel.setEncoding('utf8');
  channel.on('data', (piece: string) => {
    if (error !== undefined) return;
    try {
      read(piece);
    } catch (thrown) {
      error = thrown as Error;
      onBroken();
    }
  });
  // A process that is killed while it speaks; how it ended says more.
  channel.on('error', () => undefined);
  return () => (error === undefined ? {} : { error });
}

async function whenEnded(process: ChildProcess, printed: Promise<void>[]): Promise<End> {
  const closed = new Promise<void>((resolve) => {
    process.once('close', () => resolve());
  });
  const end = await new Promise<End>((resolve) => {
    process.once('exit', (code, signal) => resolve({ code, signal }));
    process.once('error', (error) => resolve({ code: null, signal: null, error }));
  });
  killGroup(process, 'SIGKILL');
  // What left the group (a daemon) may hold the pipes for ever.
  const late = setTimeout(() => process.stdio.forEach((stream) => stream?.destroy()), PIPES_MS);
  await Promise.all([closed, ...printed]);
  clearTimeout(late);
  return end;
}

function killGroup(process: ChildProcess, signal: NodeJS.Signals): void {
  if (process.pid === undefined) return;
  try {
    if (globalThis.process.platform === 'win32') process.kill(signal);
    else globalThis.process.kill(-process.pid, signal);
  } catch {
    // Nothing of it is left.
  }
}
