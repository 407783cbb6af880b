import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the kernel says about the cgroup of a process: the contents of /proc/<pid>/cgroup and mountinfo. */
export interface CgroupFacts {
  cgroup: string;
  mountinfo: string;
}

/** The folder of a cgroup v2 in which we may make others, or why there is none. */
export type FoundCgroup = { folder: string } | { reason: string };

const NEEDED = ['cpu', 'memory'];

/** The cgroup of this process. Undefined facts: the system has none. */
export function findCgroup(facts: CgroupFacts | undefined = ownFacts()): FoundCgroup {
  if (facts === undefined) return { reason: 'this system has no cgroups' };
  const folder = cgroupFolder(facts);
  if (folder === undefined) return { reason: 'no cgroup v2 is mounted here' };
  return checkFolder(folder);
}

/**
 * Where the cgroup v2 of a process is in the file system: its path (the line `0::` of /proc/<pid>/cgroup, cgroups(7)) below
 * the mount of type cgroup2, whose root need not be that of the hierarchy (proc_pid_mountinfo(5)).
 */
export function cgroupFolder({ cgroup, mountinfo }: CgroupFacts): string | undefined {
  const path = /^0::(\/.*)$/m.exec(cgroup)?.[1];
  if (path === undefined) return undefined;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    if (!after.startsWith('cgroup2 ')) continue;
    const [root, point] = before.split(' ').slice(3, 5).map(unescape);
    if (root === undefined || point === undefined) continue;
    if (root === '/') return join(point, path);
    if (path === root || path.startsWith(`${root}/`)) return join(point, path.slice(root.length));
  }
  return undefined;
}

/** Whether there can be children of a cgroup, with the controllers that limits need. */
export function checkFolder(folder: string): FoundCgroup {
  try {
    const controllers = words(readFileSync(join(folder, 'cgroup.controllers'), 'utf8'));
    const missing = NEEDED.filter((name) => !controllers.includes(name));
    if (missing.length > 0) return { reason: `${folder} lacks the controllers ${missing.join(' and ')}` };
  } catch {
    return { reason: `${folder} cannot be read` };
  }
  try {
    for (const path of [folder, join(folder, 'cgroup.procs'), join(folder, 'cgroup.subtree_control')])
      accessSync(path, constants.W_OK);
  } catch {
    return { reason: `${folder} is not ours to write (not delegated)` };
  }
  return { folder };
}

/** The words of a cgroup file that lists some. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function ownFacts(): CgroupFacts | undefined {
  try {
    return {
      cgroup: readFileSync('/proc/self/cgroup', 'utf8'),
      mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    };
  } catch {
    return undefined;
  }
}

/** Spaces and the like are octal in mountinfo. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
