import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { Server as NetServer } from 'node:net';

/** A server that the app wanted to listen. */
export interface CapturedServer {
  server: HttpServer;
  /** The port that it asked for; 0 when it named none. */
  port: number;
}

/**
 * From now on no HTTP server of this process listens: `listen()` behaves as if it had (callback,
 * `listening` event, `address()`), and the server is handed to `onListen`. This is how an unmodified
 * app is found: its requests are then emitted on the server itself.
 */
export function captureListen(onListen: (captured: CapturedServer) => void): void {
  const original = NetServer.prototype.listen;
  NetServer.prototype.listen = function listen(this: NetServer, ...args: unknown[]): NetServer {
    if (!(this instanceof HttpServer || this instanceof HttpsServer)) {
      return Reflect.apply(original, this, args) as NetServer;
    }
    const port = requestedPort(args);
    const callback = args.at(-1);
    if (typeof callback === 'function') this.once('listening', callback as () => void);
    pretendListening(this as HttpServer, port);
    onListen({ server: this as HttpServer, port });
    return this;
  } as typeof original;
}

function pretendListening(server: HttpServer, port: number): void {
  let listening = true;
  Object.defineProperties(server, {
    listening: { get: () => listening, configurable: true },
    address: {
      value: () => (listening ? { address: '127.0.0.1', family: 'IPv4', port } : null),
      configurable: true,
    },
    close: {
      value(callback?: (error?: Error) => void) {
        if (callback !== undefined) server.once('close', callback);
        if (listening) process.nextTick(() => server.emit('close'));
        listening = false;
        return server;
      },
      configurable: true,
    },
  });
  process.nextTick(() => server.emit('listening'));
}

function requestedPort(args: unknown[]): number {
  const [first] = args;
  const value = typeof first === 'object' && first !== null && 'port' in first ? first.port : first;
  const port = Number(value);
  return Number.isInteger(port) && port > 0 ? port : 0;
}
