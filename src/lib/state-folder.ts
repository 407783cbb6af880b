import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where `ropeway serve` keeps what must outlive it, unless it is told another folder: `$ROPEWAY_STATE`, else
 * `ropeway` in `$XDG_STATE_HOME`, else `~/.local/state/ropeway` (XDG Base Directory Specification 0.8).
 */
export function serveStateFolder(folder?: string): string {
  const { ROPEWAY_STATE, XDG_STATE_HOME } = process.env;
  if (folder !== undefined) return resolve(folder);
  if (ROPEWAY_STATE) return resolve(ROPEWAY_STATE);
  return join(XDG_STATE_HOME ? resolve(XDG_STATE_HOME) : join(homedir(), '.local', 'state'), 'ropeway');
}

/** Of a state folder, the one with `invocations.ndjson` and `log.ndjson`. */
export function recordsFolder(state: string): string {
  return join(state, 'records');
}

/** Of a state folder, the Unix socket of the control API. */
export function controlSocket(state: string): string {
  return join(state, 'control.sock');
}
