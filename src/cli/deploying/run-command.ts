import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { errorMessage, RopewayError } from '../../lib/errors.ts';

export interface CommandOptions {
  /** For the shell. */
  command: string;
  folder: string;
  env: Record<string, string | undefined>;
  onLine(line: string): void;
  signal: AbortSignal;
}

const TAIL_LINES = 20;
const KILL_MS = 3000;

/** Runs a shell command of the user, with the user's environment. Throws HOOK_FAILED with the end of its output. */
export async function runCommand({ command, folder, env, onLine, signal }: CommandOptions): Promise<void> {
  signal.throwIfAborted();
  const tail: string[] = [];
  const child = spawn(command, {
    cwd: folder,
    env,
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Its whole group: what the shell has started goes with it.
  const kill = (name: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // It is gone.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    kill('SIGTERM');
    timer = setTimeout(() => kill('SIGKILL'), KILL_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine(line);
    });
  }
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(errorMessage(error)));
      child.once('close', (code, name) => {
        resolve(code === 0 ? undefined : name === null ? `exit code ${code}` : `ended by ${name}`);
      });
    });
    signal.throwIfAborted();
    if (how === undefined) return;
    throw new RopewayError({
      code: 'HOOK_FAILED',
      message: `A command of the file failed: ${command}`,
      got: how,
      ...(tail.length === 0 ? {} : { detail: tail.join('\n') }),
      fix: `run it yourself in ${folder} and mend what it says`,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
