import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorMessage } from '../../../lib/errors.ts';
import { type FoundCgroup, findCgroup, words } from './find.ts';

const WANTED = ['memory', 'cpu', 'pids'];

let own: FoundCgroup | undefined;

/** The cgroup below which those of the instances are made, or why they have none; looked for once. */
export function instancesCgroup(): FoundCgroup {
  own ??= openCgroup(findCgroup());
  return own;
}

/**
 * Turns the controllers on for the children of a cgroup. A cgroup that has processes of its own cannot have
 * them on ("no internal processes", cgroup-v2.rst): when ours is the only one there, it moves into a child.
 */
export function openCgroup(found: FoundCgroup, pid: number = process.pid): FoundCgroup {
  if (!('folder' in found)) return found;
  const { folder } = found;
  try {
    const controllers = wanted(folder);
    if (controllers.every((name) => words(read(folder, 'cgroup.subtree_control')).includes(name)))
      return found;
    const members = words(read(folder, 'cgroup.procs'));
    if (members.some((member) => member !== String(pid)))
      return { reason: `other processes are in ${folder}, too` };
    if (members.length > 0) moveInto(folder, pid);
    write(folder, 'cgroup.subtree_control', controllers.map((name) => `+${name}`).join(' '));
    return found;
  } catch (error) {
    return { reason: `${folder} cannot be used: ${errorMessage(error)}` };
  }
}

function moveInto(folder: string, pid: number): void {
  const leaf = join(folder, `ropeway-${pid}`);
  mkdirSync(leaf, { recursive: true });
  try {
    write(leaf, 'cgroup.procs', String(pid));
  } catch (error) {
    rmdirSync(leaf);
    throw error;
  }
}

function wanted(folder: string): string[] {
  const there = words(read(folder, 'cgroup.controllers'));
  return WANTED.filter((name) => there.includes(name));
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function write(folder: string, file: string, value: string): void {
  writeFileSync(join(folder, file), value);
}
