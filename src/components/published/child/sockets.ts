import net from 'node:net';

import type { HostRedirect } from '../messages.ts';
import { treatmentOf } from './hosts.ts';
import { overHttpOnly, refusal } from './refusal.ts';

/**
 * The second line: whatever does not go through `http.request` (raw sockets, TLS, HTTP/2, undici) opens a socket here. What
 * may not be reached as it is gets an error.
 */
export function watchSockets(redirects: HostRedirect[] | undefined): void {
  const native = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;
  function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    const host = hostOf(args);
    const treatment = host === undefined ? undefined : treatmentOf(host, '/', redirects);
    if (treatment === undefined || treatment.kind === 'direct') return native.apply(this, args);
    const message = treatment.kind === 'refuse' ? treatment.message : overHttpOnly(host!);
    process.nextTick(() => this.destroy(refusal(message)));
    return this;
  }
  net.Socket.prototype.connect = connect;
}

/** Of the arguments of `connect`: `(port, host)`, `(path)`, `({port, host, path})` or, from inside Node, `([options, callback])`. Undefined for a path. */
function hostOf(args: unknown[]): string | undefined {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0];
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: string; path?: string };
    return path ? undefined : (host ?? 'localhost');
  }
  const isPort = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  if (!isPort) return undefined;
  return typeof args[1] === 'string' ? args[1] : 'localhost';
}
