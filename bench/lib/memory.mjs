// Memory of processes, shared pages counted in parts (PSS); Linux only.
import { readdirSync, readFileSync } from 'node:fs';

/** MB of all processes that descend from this one. */
export function descendantsMegabytes() {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const descends = (pid) => {
    const parent = parents.get(pid);
    return parent === process.pid || (parent !== undefined && parent > 1 && descends(parent));
  };
  let kilobytes = 0;
  for (const pid of parents.keys()) {
    if (!descends(pid)) continue;
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kilobytes / 1024;
}
