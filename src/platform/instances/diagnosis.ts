import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { packageRoot } from '../../lib/package-root.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import { InvocationError } from '../errors.ts';
import type { Enclosure } from '../limits/enclosure.ts';
import type { FunctionSpec } from '../types.ts';
import { pausedStack } from './paused-stack.ts';
import type { ExitStatus, InstanceProcess } from './process.ts';

const OURS = join(packageRoot, 'src', 'runtimes', 'python');
/** Milliseconds that a hanging Python process gets to write down where it is. */
const DUMP_MS = 150;

/** Why a process is gone, when it did not say so itself. */
export function explainExit(status: ExitStatus, errorTail: string, spec: FunctionSpec): AppError {
  return { type: 'Exit', message: exitMessage(status, spec), traceback: errorTail };
}

/** The same as the error of the request in hand, or of those that waited for it to start. */
export function exitError(
  status: ExitStatus,
  errorTail: string,
  spec: FunctionSpec,
  started: boolean,
  enclosure: Pick<Enclosure, 'outOfMemory'>,
): InvocationError {
  if (enclosure.outOfMemory()) {
    const { memory } = spec.limits;
    return new InvocationError('MEMORY_EXCEEDED', `the instance used more than its ${memory} MB (memory)`);
  }
  const error = explainExit(status, errorTail, spec);
  return new InvocationError(started ? 'FUNCTION_EXITED' : 'INIT_FAILED', error.message, error);
}

/** Where a process hangs: the stacks of its threads, as far as the language can tell from outside. */
export async function explainHang(child: InstanceProcess, runtime: 'python' | 'node'): Promise<string> {
  // What it writes from here on is the answer to our question, not output of the app.
  child.onLine(() => undefined);
  if (runtime === 'node') return pausedStack(child);
  const before = child.errorTail();
  child.signal('SIGUSR2');
  await sleep(DUMP_MS);
  const after = child.errorTail();
  return appThreads(after.startsWith(before) ? after.slice(before.length) : after);
}

/** Python's dump of all threads without our own frames and without threads that are ours alone. */
function appThreads(dump: string): string {
  const threads = dump.trim().split(/\n\n+/);
  const cleaned = threads.map((thread) => thread.split('\n').filter((line) => !line.includes(OURS)));
  return cleaned
    .filter((lines) => lines.length > 1)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function exitMessage(status: ExitStatus, spec: FunctionSpec): string {
  if (status.spawnError !== undefined)
    return `the process could not be started: ${status.spawnError.message}`;
  if (status.signal === 'SIGKILL') {
    return `the instance was killed (SIGKILL): by hand, or by the system when memory ran out (the limit is ${spec.limits.memory} MB)`;
  }
  if (status.signal !== null) return `the instance was ended by ${status.signal}`;
  if (status.code === null) return 'the instance ended, and its template before it could tell how';
  return `the process ended by itself with exit code ${status.code}`;
}
