import { type IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

import { formatByName } from '../../events/list.ts';
import type { HttpRequest } from '../../events/types.ts';
import type { RunningFunction } from '../function.ts';
import type { EventCall, Instance } from '../instances/instance.ts';
import { invocationContext } from '../invocation-context.ts';
import type { InvocationRecord } from '../types.ts';
import { elapsed, requestRecord, noteFunction } from './call.ts';
import { asInvocationError, fail, type HandlerOptions, routed } from './handle.ts';
import { messageSocket } from './message-socket.ts';
import { parseRequest } from './parse-request.ts';

type OnUpgrade = (incoming: IncomingMessage, socket: Socket, head: Buffer) => void;

/**
 * Carries WebSocket connections through to the app. An app that takes none gets the handshake as an ordinary
 * request, as behind a plain server. A connection does not occupy its instance: requests go on beside it, and
 * all connections share one instance as long as it is there, so that apps can talk from one to another.
 */
export function upgradeHandler(
  options: HandlerOptions,
  onRequest: (incoming: IncomingMessage, response: ServerResponse) => void,
): OnUpgrade {
  return (incoming, socket, head) => {
    socket.on('error', () => socket.destroy());
    const asRequest = (): void => onRequest(incoming, responseOn(socket, incoming));
    if (incoming.headers.upgrade?.toLowerCase() === 'websocket') {
      void open(options, incoming, socket, head, asRequest);
    } else asRequest();
  };
}

async function open(
  options: HandlerOptions,
  incoming: IncomingMessage,
  socket: Socket,
  head: Buffer,
  asRequest: () => void,
): Promise<void> {
  const arrived = performance.now();
  const route = options.route(incoming);
  const record = requestRecord(incoming, route);
  try {
    const target = routed(options, incoming, route);
    if (target.site !== undefined || target.refusal !== undefined) {
      asRequest();
      return;
    }
    const { request } = parseRequest(incoming, record.requestId, target.stage, options.isForDevelopment);
    const fn = target.pick();
    noteFunction(record, fn);
    const instance = await instanceForSockets(fn, record);
    const { sockets } = await instance.ready;
    if (instance.kind === 'event' && sockets === null) {
      asRequest();
      return;
    }
    record.queueMs = record.totalMs = elapsed(arrived);
    const spec = fn.spec();
    if (instance.kind === 'web') passOn(instance, incoming, request, socket, head);
    else {
      const call: EventCall = {
        requestId: record.requestId,
        event: formatByName(spec.eventFormat).toEvent(request),
        context: invocationContext(spec, fn.version(), request.requestId),
        timeout: spec.limits.timeout,
      };
      if (sockets === 'raw') rawSocket(instance, call, socket, head);
      else messageSocket(instance, call, incoming, socket, head);
    }
    record.status = 101;
    options.onRecord(record, incoming);
  } catch (error) {
    const outgoing = responseOn(socket, incoming);
    fail(options, { incoming, outgoing, record, target: route }, asInvocationError(error));
    options.onRecord(record, incoming);
  }
}

/** What a server makes for an ordinary request; the connection ends with it. */
function responseOn(socket: Socket, incoming: IncomingMessage): ServerResponse {
  const response = new ServerResponse(incoming);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  return response;
}

/** The instance that has connections already, else whatever is free. */
async function instanceForSockets(fn: RunningFunction, record: InvocationRecord): Promise<Instance> {
  let instance = fn.instances().find(({ connections, usable }) => usable && connections > 0);
  record.start = 'warm';
  if (instance === undefined) {
    const lease = await fn.acquire({});
    instance = lease.instance;
    if (lease.cold) record.start = 'cold';
    lease.release();
  }
  record.instance = instance.id;
  if (record.start === 'cold') record.initMs = (await instance.ready).initMs;
  return instance;
}

/** To a web function as it came, byte by byte. */
function passOn(
  instance: Instance,
  incoming: IncomingMessage,
  request: HttpRequest,
  client: Socket,
  head: Buffer,
): void {
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const app = connect(instance.port, '127.0.0.1', () => {
    const lines = [`${request.method} ${target} HTTP/${incoming.httpVersion}`];
    for (const [name, value] of request.headers) lines.push(`${name}: ${value}`);
    app.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    if (head.length > 0) app.write(head);
    app.pipe(client);
    client.pipe(app);
  });
  app.on('error', () => client.destroy());
  app.on('close', () => client.destroy());
  client.on('close', () => app.destroy());
}

/** To a Node app, whose own library speaks WebSocket: bytes in frames. */
function rawSocket(instance: Instance, call: EventCall, client: Socket, head: Buffer): void {
  const app = instance.connect(call, (message, bytes) => {
    if (message.type === 'data') client.write(bytes);
    else if (message.type === 'close') client.end();
  });
  if (head.length > 0) app.data(head, false);
  client.on('data', (bytes: Buffer) => void app.data(bytes, false));
  // Server sockets may stay half open; a WebSocket connection does not.
  client.on('end', () => client.end());
  client.on('close', () => app.close(1006, ''));
}
