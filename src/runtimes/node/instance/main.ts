/**
 * A Node instance: starts blank, loads the app that `init` names, then answers events, until the
 * platform closes the socket.
 */
import { Socket } from 'node:net';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import { frameReader } from '../../frames.ts';
import { INSTANCE_FD, type InitMessage, type InvokeMessage, type PlatformMessage } from '../../protocol.ts';
import type { Handler } from '../adapter.ts';
import { describeThrown } from './app-error.ts';
import { loadHandler } from './load.ts';
import { listRoutes } from './routes.ts';
import { createSender, type Sender } from './sender.ts';
import { watchExit } from './watch-exit.ts';

const socket = new Socket({ fd: INSTANCE_FD, readable: true, writable: true });
const send = createSender(socket);
const exit = watchExit(send);
let handler: Handler | undefined;

socket.on(
  'data',
  frameReader(({ head, body }) => {
    const message = head as PlatformMessage;
    if (message.type === 'init') void load(message);
    else void answer(message, body, send);
  }),
);
socket.on('end', () => exit(0));
socket.on('error', () => exit(0));

async function load(message: InitMessage): Promise<void> {
  const started = performance.now();
  try {
    const loaded = await loadHandler(message, socket);
    handler = loaded.handler;
    const routes = message.listRoutes ? listRoutes(loaded.app) : null;
    send.message({ type: 'ready', initMs: Math.round((performance.now() - started) * 100) / 100, routes });
  } catch (error) {
    send.messageSync({ type: 'failed', error: describeThrown(error) });
    exit(1);
  }
}

async function answer(message: InvokeMessage, body: Buffer, sender: Sender): Promise<void> {
  const event = message.event;
  if (message.hasBody) (event as JsonObject)['body'] = body.toString('utf8');
  try {
    const result = (await handler!(event, handlerContext(message.context))) as JsonValue | undefined;
    sender.result(message.id, result ?? null);
  } catch (error) {
    sender.message({ type: 'error', id: message.id, error: describeThrown(error) });
  }
}

/** The context under the names of both clouds. */
function handlerContext(context: JsonObject): Record<string, unknown> {
  return {
    ...context,
    requestId: context['request_id'],
    awsRequestId: context['request_id'],
    functionName: context['function_name'],
    functionVersion: context['function_version'],
    memoryLimitInMB: `${Number(context['memory_limit_in_mb'])}`,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Number(context['deadline_ms']) - Date.now()),
  };
}
