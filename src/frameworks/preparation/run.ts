import { spawn } from 'node:child_process';

import { RopewayError } from '../../lib/errors.ts';
import type { PreparationStep } from './types.ts';

const TAIL_LINES = 20;

/** Runs one step with the user's own environment. Throws PREPARATION_FAILED. */
export function run(step: PreparationStep, onLine: (line: string) => void): Promise<void> {
  const [program = '', ...args] = step.command;
  return new Promise((resolve, reject) => {
    const tail: string[] = [];
    const child = spawn(program, args, { cwd: step.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    const read = (chunk: Buffer): void => {
      const lines = (rest + chunk.toString()).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        onLine(line);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => reject(failed(step, error.message, tail)));
    child.on('close', (code, signal) => {
      if (rest !== '') tail.push(rest);
      if (code === 0) resolve();
      else reject(failed(step, signal === null ? `exit code ${code}` : `ended by ${signal}`, tail));
    });
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
