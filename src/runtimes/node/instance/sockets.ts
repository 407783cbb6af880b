import { Server } from 'node:http';
import { Duplex } from 'node:stream';

import { detectFormat } from '../../../events/list.ts';
import type { HttpRequest, JsonObject } from '../../../events/types.ts';
import type { SocketMessage } from '../../protocol.ts';
import { makeRequest } from '../make-request.ts';
import type { Sender } from './sender.ts';

/** The WebSocket connections of an instance, and what the platform says of them. */
export interface SocketRoom {
  open(message: SocketMessage & { type: 'open' }, app: unknown, context: unknown): void;
  data(id: string, bytes: Buffer): void;
  close(id: string): void;
}

/**
 * Gives the app's server its `upgrade` event with a duplex stream in place of the client's connection, so that
 * whatever WebSocket library the app has (ws, Socket.IO…) works as it is.
 */
export function socketRoom(send: Sender): SocketRoom {
  const connections = new Map<string, Duplex>();
  return {
    open({ id, event }, app, context) {
      const request = detectFormat(event)!.toRequest(event as JsonObject);
      const connection = new Connection(send, id, request);
      connections.set(id, connection);
      connection.once('close', () => {
        connections.delete(id);
        send.message({ type: 'close', id, code: 1000, reason: '' });
      });
      // The app's own `error` listeners come first; without one a broken connection must not end the process.
      connection.on('error', () => undefined);
      (app as Server).emit(
        'upgrade',
        makeRequest(connection, request, { event, context }),
        connection,
        Buffer.alloc(0),
      );
    },
    data: (id, bytes) => void connections.get(id)?.push(bytes),
    close(id) {
      const connection = connections.get(id);
      connection?.push(null);
      connection?.destroy();
    },
  };
}

/** Whether the app takes WebSocket connections: its server listens for upgrades. */
export function takesSockets(app: unknown): app is Server {
  return app instanceof Server && app.listenerCount('upgrade') > 0;
}

/** The client's connection as the app sees it: its bytes travel in frames. */
class Connection extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort = 0;
  readonly encrypted: boolean;
  readonly #send: Sender;
  readonly #id: string;

  constructor(send: Sender, id: string, request: HttpRequest) {
    super({ allowHalfOpen: false });
    this.#send = send;
    this.#id = id;
    this.remoteAddress = request.remoteAddress;
    this.encrypted = request.scheme === 'https';
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#send.bytes({ type: 'data', id: this.#id, text: false }, chunk)) done();
    else this.#send.onDrain(done);
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  // Libraries set these on every connection; time-outs are the platform's business.
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
