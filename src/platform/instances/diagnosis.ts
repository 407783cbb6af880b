import { setTimeout as sleep } from 'node:timers/promises';

import type { AppError } from '../../runtimes/protocol.ts';
import type { FunctionSpec } from '../types.ts';
import { pausedStack } from './paused-stack.ts';
import type { ExitStatus, InstanceProcess } from './process.ts';

/** Milliseconds that a hanging Python process gets to write down where it is. */
const DUMP_MS = 150;

/** Why a process is gone, when it did not say so itself. */
export function explainExit(status: ExitStatus, errorTail: string, spec: FunctionSpec): AppError {
  return { type: 'Exit', message: exitMessage(status, spec), traceback: errorTail };
}

/** Where a process hangs: the stacks of its threads, as far as the language can tell from outside. */
export async function explainHang(child: InstanceProcess, runtime: 'python' | 'node'): Promise<string> {
  if (runtime === 'node') return pausedStack(child);
  const before = child.errorTail();
  child.signal('SIGUSR2');
  await sleep(DUMP_MS);
  const after = child.errorTail();
  return after.startsWith(before) ? after.slice(before.length).trim() : after;
}

function exitMessage(status: ExitStatus, spec: FunctionSpec): string {
  if (status.spawnError !== undefined)
    return `the process could not be started: ${status.spawnError.message}`;
  if (status.signal === 'SIGKILL') {
    return `the instance was killed (SIGKILL): by hand, or by the system when memory ran out (the limit is ${spec.limits.memory} MB)`;
  }
  if (status.signal !== null) return `the instance was ended by ${status.signal}`;
  return `the process ended by itself with exit code ${status.code}`;
}
