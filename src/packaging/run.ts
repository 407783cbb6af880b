import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

import { RopewayError, systemCode } from '../lib/errors.ts';

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** What it gets on its standard input. */
  input?: string;
  onLine(line: string): void;
  signal?: AbortSignal | undefined;
}

export interface Ended {
  ok: boolean;
  /** `exit code 1`, `ended by SIGKILL` */
  how: string;
  /** Both streams, line by line, the last ones of very many. */
  lines: string[];
}

const KEPT_LINES = 2000;

/** Runs a program with the user's own environment to its end. Throws NOT_STARTED; rejects with the signal's reason. */
export function run([program = '', ...args]: string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const lines: string[] = [];
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      // Windows starts such a file in its shell alone.
      shell: program.endsWith('.cmd'),
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const abort = (): void => void child.kill();
    options.signal?.addEventListener('abort', abort, { once: true });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (raw) => {
        // pip colours what it says when the environment asks for it, whoever reads.
        const line = stripVTControlCharacters(raw);
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        options.onLine(line);
      });
    }
    // A program that ends before it has read everything says why in another way.
    child.stdin?.on('error', () => undefined).end(options.input);
    child.on('error', (error) => reject(notStarted(program, error)));
    child.on('close', (code, signal) => {
      options.signal?.removeEventListener('abort', abort);
      if (options.signal?.aborted === true) reject(options.signal.reason);
      else
        resolve({ ok: code === 0, how: signal === null ? `exit code ${code}` : `ended by ${signal}`, lines });
    });
  });
}

function notStarted(program: string, error: Error): RopewayError {
  return new RopewayError({
    code: 'NOT_STARTED',
    message: `${program} cannot be started: ${error.message}`,
    fix:
      systemCode(error) === 'ENOENT'
        ? `install ${program}, or put it on the PATH`
        : `make ${program} runnable`,
    cause: error,
  });
}
