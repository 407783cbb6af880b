import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

import { deferred } from '../deferred.ts';
import { guard } from './guard.ts';
import { type LineListener, lineSink, readLines } from './lines.ts';

/** Milliseconds between the request to stop and the kill. */
const STOP_GRACE_MS = 3000;
/** Lines of an instance's last output kept for error messages. */
const TAIL_LINES = 60;

export interface ProcessOptions {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

export interface InstanceProcess {
  /** -1 as long as the system has not told it, and of a copy that has ended. */
  readonly pid: number;
  /** Called once with the pid, as soon as it is known. */
  onPid(listener: (pid: number) => void): void;
  /** The platform's end of the socket that the child has on file descriptor 3. */
  socket: Socket;
  /** Settles when the process itself has ended; what it has started may still have its output. */
  died: Promise<void>;
  /** Settles when the process has ended and its output is read to the end. */
  exited: Promise<ExitStatus>;
  /** Called for each line of output; lines that come before it is set are kept for it. */
  onLine(listener: LineListener): void;
  /** The last lines written to stderr. */
  errorTail(): string;
  /** Asks it to stop; kills the whole process group after a grace time. */
  stop(): Promise<ExitStatus>;
  /** Kills the whole process group at once. */
  kill(): void;
  signal(signal: NodeJS.Signals): void;
}

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The command could not be started at all. */
  spawnError?: Error;
}

/** What ends each process that runs. The last line of defence against orphans when we end without close(). */
export const running: Set<() => void> = new Set();
process.on('exit', () => {
  for (const kill of running) kill();
});

/**
 * Starts a process in a group of its own (so that the terminal's Ctrl-C does not reach it and its
 * children can be killed with it), a stream socket on file descriptor 3, output read line by line.
 */
export function startProcess(options: ProcessOptions): InstanceProcess {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const socket = child.stdio[3] as Socket;
  // A broken pipe only says that the process is gone, which `exited` tells better.
  socket.on('error', () => undefined);
  const output = readOutput(child.stdout!, child.stderr!);

  const kill = (): void => killGroup(child.pid ?? -1, 'SIGKILL');
  running.add(kill);
  const release = guard(child.pid ?? -1);
  const died = deferred<void>();
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('error', (spawnError) => {
      died.resolve();
      resolve({ code: null, signal: null, spawnError });
    });
    child.once('exit', () => {
      died.resolve();
      // What the app started goes with it, and lets go of our pipes.
      kill();
      running.delete(kill);
      release();
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  }).finally(() => running.delete(kill));

  const started: InstanceProcess = {
    pid: child.pid ?? -1,
    onPid: (listener) => {
      if (child.pid !== undefined) listener(child.pid);
    },
    socket,
    died: died.promise,
    exited,
    onLine: output.onLine,
    errorTail: output.errorTail,
    kill,
    signal: (signal) => void child.kill(signal),
    stop: () => stopProcess(started),
  };
  return started;
}

/** What `InstanceProcess.stop` does. */
export async function stopProcess({
  pid,
  socket,
  kill,
  exited,
}: Pick<InstanceProcess, 'pid' | 'socket' | 'kill' | 'exited'>): Promise<ExitStatus> {
  socket.end();
  killGroup(pid, 'SIGTERM');
  const timer = setTimeout(kill, STOP_GRACE_MS);
  const status = await exited;
  clearTimeout(timer);
  return status;
}

/** Reads what a process prints: lines as they come, and the last ones for error messages. */
export function readOutput(
  stdout: Readable,
  stderr: Readable,
): Pick<InstanceProcess, 'onLine' | 'errorTail'> {
  const lines = lineSink();
  let tail: string[] = [];
  readLines(stdout, (line) => lines.push('stdout', line));
  readLines(stderr, (line) => {
    tail.push(line);
    if (tail.length > TAIL_LINES * 2) tail = tail.slice(-TAIL_LINES);
    lines.push('stderr', line);
  });
  return { onLine: lines.listen, errorTail: () => tail.slice(-TAIL_LINES).join('\n') };
}

/** The few variables that a process needs whatever it runs; nothing else of ours reaches an app. */
export function baseEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    'LC_ALL',
    'LC_CTYPE',
    'TZ',
    'TMPDIR',
    'SystemRoot',
    'TEMP',
  ]) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Signals a process and whatever it has started. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 0) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
