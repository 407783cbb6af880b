import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { RopewayError, systemCode } from '../../lib/errors.ts';
import type { PreparationStep } from './types.ts';

const TAIL_LINES = 20;

/** Runs one step with the user's own environment, its output line by line. Throws PREPARATION_FAILED. */
export function run(step: PreparationStep, onLine: (line: string) => void): Promise<void> {
  if (step.hiddenFolder !== undefined) makeHidden(step.hiddenFolder);
  const [program = '', ...args] = step.command;
  return new Promise((resolve, reject) => {
    const tail: string[] = [];
    const child = spawn(program, args, {
      cwd: step.cwd,
      env: { ...process.env, ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // One reader for each stream, so that half a line of one never gets half a line of the other.
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        onLine(line);
      });
    }
    child.on('error', (error) => reject(notStarted(step, program, error)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(failed(step, signal === null ? `exit code ${code}` : `ended by ${signal}`, tail));
    });
  });
}

function makeHidden(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

function notStarted(step: PreparationStep, program: string, error: Error): RopewayError {
  const isMissing = systemCode(error) === 'ENOENT';
  return new RopewayError({
    code: 'PREPARATION_FAILED',
    message: `This step could not be started: ${step.title}`,
    detail: `$ ${step.command.join(' ')}\n${error.message}`,
    fix: isMissing
      ? `install ${program} or put it on the PATH, then run the command again`
      : `make ${program} runnable, then run the command again`,
    cause: error,
  });
}

function failed(step: PreparationStep, how: string, tail: string[]): RopewayError {
  return new RopewayError({
    code: 'PREPARATION_FAILED',
    message: `This step failed (${how}): ${step.title}`,
    detail: [`$ ${step.command.join(' ')}`, ...tail].join('\n'),
    fix: 'mend what the output above says, then run the command again',
  });
}
