import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What may be thrown away at any time: `ropeway` in `$XDG_CACHE_HOME`, else in `~/.cache`. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  return join(XDG_CACHE_HOME ? resolve(XDG_CACHE_HOME) : join(homedir(), '.cache'), 'ropeway');
}
