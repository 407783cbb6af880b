// Memory of processes, shared pages counted in parts (PSS); Linux only.
import { readdirSync, readFileSync } from 'node:fs';

/** MB of all processes that descend from this one. */
export function descendantsMegabytes() {
  return megabytes(descendants(process.pid));
}

/** MB of a process and of all that descend from it. */
export function treeMegabytes(id) {
  return megabytes([id, ...descendants(id)]);
}

/** The part of the machine's memory that is still to be had; 1 where that is not known. */
export function availableMemory() {
  try {
    const text = readFileSync('/proc/meminfo', 'latin1');
    const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)[1]);
    return kilobytes('MemAvailable') / kilobytes('MemTotal');
  } catch {
    return 1;
  }
}

function descendants(id) {
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
    return parent === id || (parent !== undefined && parent > 1 && descends(parent));
  };
  return [...parents.keys()].filter(descends);
}

function megabytes(pids) {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kilobytes / 1024;
}
