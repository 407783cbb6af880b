import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * The Python that a virtual environment was made with, as its `pyvenv.cfg` says (PEP 405; `executable` since Python 3.11); another
 * Python itself. What is deployed brings its packages along and must outlive the environment.
 */
export function baseInterpreter(python: string): string {
  const config = join(dirname(dirname(python)), 'pyvenv.cfg');
  if (!existsSync(config)) return python;
  const text = readFileSync(config, 'utf8');
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}\\s*=\\s*(.+?)\\s*$`, 'm').exec(text)?.[1];
  const home = value('home');
  const version = /^\d+\.\d+/.exec(value('version') ?? value('version_info') ?? '')?.[0];
  const candidates = [
    value('executable'),
    ...(home === undefined
      ? []
      : [`python${version ?? '3'}`, 'python3', basename(python), 'python'].map((name) => join(home, name))),
  ];
  return candidates.find((file) => file !== undefined && existsSync(file)) ?? python;
}
