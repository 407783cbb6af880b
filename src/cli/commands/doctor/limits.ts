import { existsSync } from 'node:fs';

import { findCgroup } from '../../../platform/limits/cgroup/find.ts';
import { DEFAULT_LIMITS } from '../../../platform/types.ts';
import { type Check, ok, warning } from './check.ts';

const DELEGATE =
  'run `serve` as a systemd unit with Delegate=yes, or by hand: systemd-run --user --scope -p Delegate=yes ropeway serve …';

/** Which limits are in force on this machine, and how. */
export function checkLimits(): Check[] {
  const cgroup = findCgroup();
  const isLinux = existsSync('/proc/self/status');
  const { memory, tmp, environmentBytes, timeout } = DEFAULT_LIMITS;
  const watching = `${memory} MB by default, looked at every 50 ms`;
  return [
    'folder' in cgroup
      ? ok('memory', `${memory} MB by default, by the kernel (${cgroup.folder}) and by watching`)
      : isLinux
        ? ok('memory', watching)
        : warning('memory', 'not limited: this system has no /proc', 'measure and limit memory on Linux'),
    'folder' in cgroup
      ? ok('processor', 'cpu: share gives time by memory, by the kernel')
      : warning('processor', `not limited: ${cgroup.reason}`, isLinux ? DELEGATE : 'limit it on Linux'),
    ok('temporary files', `${tmp} MB by default, in a folder of each instance, looked at every second`),
    ok('environment', `${environmentBytes} bytes`),
    ok('time', `${timeout} s by default; the process group is killed`),
  ];
}
