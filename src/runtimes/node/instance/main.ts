/**
 * A Node instance: starts blank, loads the app that `init` names, then answers events, until the
 * platform closes the socket.
 */
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import { frameReader } from '../../frames.ts';
import { INSTANCE_FD, type InitMessage, type InvokeMessage, type PlatformMessage } from '../../protocol.ts';
import { answerStream } from './answer-stream.ts';
import { describeThrown } from './app-error.ts';
import { useCompileCache } from './compile-cache.ts';
import { handlerContext } from './handler-context.ts';
import { type Loaded, loadHandler } from './load.ts';
import { listRoutes } from './routes.ts';
import { createSender } from './sender.ts';
import { socketRoom, takesSockets } from './sockets.ts';
import { watchExit } from './watch-exit.ts';

const socket = new Socket({ fd: INSTANCE_FD, readable: true, writable: true });
const send = createSender(socket);
const exit = watchExit(send);
let loaded: Loaded | undefined;
/** Answers that are being streamed, by call. */
const streams = new Map<string, Writable>();
const sockets = socketRoom(send);

socket.on(
  'data',
  frameReader(({ head, body }) => {
    const message = head as PlatformMessage;
    switch (message.type) {
      case 'init':
        void load(message);
        return;
      case 'invoke':
        void answer(message, body);
        return;
      case 'cancel':
        streams.get(message.id)?.destroy();
        return;
      case 'open':
        sockets.open(message, loaded!.app, handlerContext(message.context));
        return;
      case 'data':
        sockets.data(message.id, body);
        return;
      case 'close':
        sockets.close(message.id);
    }
  }),
);
socket.on('end', () => exit(0));
socket.on('error', () => exit(0));

/** Milliseconds after loading: the first request is not to wait for it, and what it compiles is kept, too. */
const KEEP_AFTER_MS = 1000;

async function load(message: InitMessage): Promise<void> {
  const started = performance.now();
  const keepCompiled = useCompileCache(message.compileCache);
  try {
    loaded = await loadHandler(message, socket);
    const routes = message.listRoutes ? listRoutes(loaded.app) : null;
    const initMs = Math.round((performance.now() - started) * 100) / 100;
    send.message({ type: 'ready', initMs, routes, sockets: takesSockets(loaded.app) ? 'raw' : null });
    setTimeout(keepCompiled, KEEP_AFTER_MS).unref();
  } catch (error) {
    send.messageSync({ type: 'failed', error: describeThrown(error) });
    exit(1);
  }
}

async function answer({ id, event, context, hasBody, stream }: InvokeMessage, body: Buffer): Promise<void> {
  if (hasBody) (event as JsonObject)['body'] = body.toString('utf8');
  const open = (head: JsonObject, plain?: boolean): Writable => {
    const opened = answerStream(send, id, head, plain);
    streams.set(id, opened);
    return opened;
  };
  try {
    const result = await loaded!.handler(event, handlerContext(context), stream ? open : undefined);
    if (!streams.has(id)) send.result(id, (result as JsonValue | undefined) ?? null);
  } catch (error) {
    const described = describeThrown(error);
    if (streams.has(id)) send.message({ type: 'end', id, error: described });
    else send.message({ type: 'error', id, error: described });
  } finally {
    streams.delete(id);
  }
}
