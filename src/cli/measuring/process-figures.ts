import { readdirSync, readFileSync } from 'node:fs';

import { listProcesses } from '../../lib/processes.ts';
import type { Instance } from '../../platform/instances/instance.ts';

/**
 * Milliseconds of processor time that an instance has used so far, a web function with all that it has started; undefined where the
 * system does not tell (/proc of Linux). Threads that have ended are not in it.
 */
export function cpuMs({ kind, pid }: Pick<Instance, 'kind' | 'pid'>): number | undefined {
  const pids = kind === 'event' ? [pid] : listProcesses().filter((one) => groupOf(one) === pid);
  const all = pids.flatMap((one) => processCpuMs(one) ?? []);
  return all.length === 0 ? undefined : all.reduce((sum, ms) => sum + ms, 0);
}

function processCpuMs(pid: number): number | undefined {
  try {
    const folder = `/proc/${pid}/task`;
    // In nanoseconds, where stat counts in hundredths of a second.
    const ns = readdirSync(folder).map((task) =>
      Number(readFileSync(`${folder}/${task}/schedstat`, 'latin1').split(' ', 1)[0]),
    );
    return ns.reduce((sum, one) => sum + one, 0) / 1e6;
  } catch {
    return undefined;
  }
}

function groupOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return -1;
  }
}
