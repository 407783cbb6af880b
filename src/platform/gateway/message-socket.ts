import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import type { WebSocket, WebSocketServer } from 'ws';

import type { EventCall, Instance, InstanceSocket } from '../instances/instance.ts';

/**
 * To an app that takes whole messages (ASGI): the platform speaks WebSocket with the client. The handshake is
 * answered when the app has decided: accepted with its subprotocol and headers, or refused with 403 or 500.
 */
export function messageSocket(
  instance: Instance,
  call: EventCall,
  incoming: IncomingMessage,
  client: Socket,
  head: Buffer,
): void {
  let server: WebSocketServer | undefined;
  let socket: WebSocket | undefined;
  // In order, and none before the library is there.
  let turn = Promise.resolve();
  const app = instance.connect(call, (message, bytes) => {
    turn = turn.then(async () => {
      if (message.type === 'accept') {
        server ??= await makeServer(message.subprotocol);
        socket = await handshake(server, incoming, client, head, message.headers);
        if (socket !== undefined) listen(socket, app);
      } else if (message.type === 'data') {
        socket?.send(message.text ? bytes.toString('utf8') : bytes, { binary: !message.text });
      } else if (socket === undefined) deny(client, message.code === 1011 ? 500 : 403);
      else socket.close(closeCode(message.code), message.reason);
    });
  });
  client.once('close', () => {
    // From the handshake on, the library knows how the connection ended.
    if (socket === undefined) app.close(1006, '');
  });
}

/** Loaded with the first connection: most apps have none. */
async function makeServer(subprotocol: string | null): Promise<WebSocketServer> {
  const { WebSocketServer: Server } = await import('ws');
  return new Server({ noServer: true, clientTracking: false, handleProtocols: () => subprotocol ?? false });
}

function handshake(
  server: WebSocketServer,
  incoming: IncomingMessage,
  client: Socket,
  head: Buffer,
  headers: [string, string][],
): Promise<WebSocket | undefined> {
  server.on('headers', (lines) => {
    for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  });
  return new Promise((resolve) => {
    client.once('close', () => resolve(undefined));
    server.handleUpgrade(incoming, client, head, resolve);
  });
}

function listen(socket: WebSocket, app: InstanceSocket): void {
  socket.binaryType = 'nodebuffer';
  socket.on('message', (data, isBinary) => void app.data(data as Buffer, !isBinary));
  socket.on('close', (code, reason) => app.close(code, reason.toString('utf8')));
  socket.on('error', () => socket.terminate());
}

/** Codes that may stand in a close frame (RFC 6455, 7.4); the others only describe how a connection ended. */
function closeCode(code: number): number {
  return code === 1005 || code === 1006 || code === 1015 || code < 1000 || code > 4999 ? 1000 : code;
}

function deny(client: Socket, status: 403 | 500): void {
  const phrase = status === 403 ? 'Forbidden' : 'Internal Server Error';
  client.end(`HTTP/1.1 ${status} ${phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
