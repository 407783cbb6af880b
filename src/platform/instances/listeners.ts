import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { listProcesses } from '../../lib/processes.ts';

const LISTEN = '0A';

/**
 * Whether a process of this group listens on the port; undefined where the system has no /proc to tell. `group`: the pid of its
 * first process.
 */
export function listensOn(group: number, port: number): boolean | undefined {
  const sockets = listeningSockets(port);
  if (sockets === undefined) return undefined;
  return listProcesses().some((pid) => groupOf(pid) === group && hasOneOf(pid, sockets));
}

/** Inodes. */
function listeningSockets(port: number): Set<string> | undefined {
  const digits = port.toString(16).toUpperCase().padStart(4, '0');
  const found = new Set<string>();
  let isThere = false;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = read(file)?.split('\n').slice(1);
    if (lines === undefined) continue;
    isThere = true;
    for (const line of lines) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(`:${digits}`) && fields[3] === LISTEN) found.add(fields[9]!);
    }
  }
  return isThere ? found : undefined;
}

function groupOf(pid: number): number {
  // The name before it may have anything in it: spaces and brackets, too.
  const fields = read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  return Number(fields?.[2]);
}

function hasOneOf(pid: number, sockets: Set<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`${folder}/${fd}`))?.[1];
      return inode !== undefined && sockets.has(inode);
    });
  } catch {
    return false;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
