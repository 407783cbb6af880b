import { readFileSync } from 'node:fs';
import Module from 'node:module';
import type { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

import type { NodeEntry } from '../../entry.ts';
import type { InitMessage } from '../../protocol.ts';
import { type StreamingHandler, streamingHandler } from '../streaming-handler.ts';
import { exportedApp } from '../app-listener.ts';
import { type CapturedServer, captureListen } from '../capture-listen.ts';
import { provideAwsLambda } from './awslambda.ts';
import { bareHandler } from './bare-handler.ts';

export interface Loaded {
  handler: StreamingHandler;
  /** The server or the exported app behind it; undefined for a bare handler. */
  app: unknown;
}

/** Loads the entry as Node's main module and finds its app or handler. Throws what loading throws. */
export async function loadHandler(message: InitMessage, socket: Socket): Promise<Loaded> {
  const entry = message.entry as NodeEntry;
  process.argv = [process.execPath, entry.file];
  process.execArgv = [...entry.nodeOptions];
  process.chdir(entry.root);
  Object.assign(process.env, message.env, { PWD: entry.root });
  if (entry.interface === 'handler') {
    provideAwsLambda();
    return {
      handler: bareHandler(exportedHandler(await loadMain(entry.file), entry), socket),
      app: undefined,
    };
  }

  const app = await loadApp(entry, message.appPort, async (captured) => {
    // When nothing else keeps the process alive, no listen() will come any more.
    socket.unref();
    await Promise.race([
      captured,
      new Promise<void>((resolve) => process.once('beforeExit', () => resolve())),
    ]);
    socket.ref();
  });
  return { handler: streamingHandler(app), app };
}

/**
 * Loads an app's main module and finds the server that it starts, else the app that it exports. `waitFor` resolves when `captured` does, or when no
 * `listen()` is to be expected any more. Throws what loading throws.
 */
export async function loadApp(
  entry: NodeEntry,
  appPort: number | undefined,
  waitFor: (captured: Promise<void>) => Promise<void>,
): Promise<unknown> {
  const servers: CapturedServer[] = [];
  let onCaptured: (() => void) | undefined;
  captureListen((captured) => {
    servers.push(captured);
    onCaptured?.();
  });
  const exported = await loadMain(entry.file);
  const app = attributeOf(exported, entry);
  if (servers.length === 0 && (app === undefined || mentionsListen(entry.file))) {
    await waitFor(
      new Promise<void>((resolve) => {
        onCaptured = resolve;
      }),
    );
  }
  // An app that listens on several ports does so in one go.
  await new Promise((resolve) => setImmediate(resolve));
  const found = servers.length > 0 ? chooseServer(servers, appPort) : app;
  if (found === undefined) throw notFound(entry.file);
  return found;
}

/** Runs a file as `node file` would, with `require.main` and `import.meta` as usual; its exports. */
async function loadMain(file: string): Promise<unknown> {
  if (!file.endsWith('.mjs') && !file.endsWith('.mts')) {
    try {
      return loadCommonJs(file);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code !== 'ERR_REQUIRE_ASYNC_MODULE' && code !== 'ERR_REQUIRE_ESM') throw error;
    }
  }
  return import(pathToFileURL(file).href);
}

function loadCommonJs(file: string): unknown {
  // The same call as `node file` makes; it also loads ES modules without top-level await.
  return (Module as unknown as { _load(file: string, parent: null, isMain: boolean): unknown })._load(
    file,
    null,
    true,
  );
}

function attributeOf(exported: unknown, entry: NodeEntry): unknown {
  if (entry.attribute === undefined) return exportedApp(exported);
  return (exported as Record<string, unknown> | undefined)?.[entry.attribute];
}

function chooseServer(servers: CapturedServer[], appPort: number | undefined): unknown {
  const ports = [...new Set(servers.map(({ port }) => port))];
  const wanted = appPort ?? Number(process.env['PORT'] ?? Number.NaN);
  const named = servers.find(({ port }) => port === wanted);
  if (named !== undefined) return named.server;
  if (ports.length === 1 && appPort === undefined) return servers[0]!.server;
  const message =
    appPort === undefined
      ? `the app listens on ${ports.length} ports: ${ports.join(', ')}; a function has one. Choose it with --app-port ${ports[0]}`
      : `the app does not listen on port ${appPort}; it listens on ${ports.join(', ')}`;
  throw namedError('PortError', message);
}

function mentionsListen(file: string): boolean {
  return /\.listen\s*\(/.test(readFileSync(file, 'utf8'));
}

function notFound(file: string): Error {
  return namedError(
    'NoAppError',
    `${file} neither listens nor exports an app: expected a call of listen(), or an exported Express, Koa, Fastify or Hono app, listener or http.Server`,
  );
}

const HANDLER_NAMES = ['main_handler', 'handler', 'default'];

function exportedHandler(exported: unknown, entry: NodeEntry): (...args: never[]) => unknown {
  const module = exported as Record<string, unknown>;
  const names = entry.attribute === undefined ? HANDLER_NAMES : [entry.attribute];
  const found = names
    .flatMap((name) => [module?.[name], (module?.['default'] as Record<string, unknown> | undefined)?.[name]])
    .find((value) => typeof value === 'function');
  if (found === undefined) {
    throw namedError('NoHandlerError', `${entry.file} exports no function named ${names.join(', ')}`);
  }
  return found as (...args: never[]) => unknown;
}

function namedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}`;
  return error;
}
