import { Server } from 'node:http';

import type { Listener } from './call-listener.ts';
import { fetchListener, type FetchApp } from './fetch-app.ts';

/**
 * The request listener of an app object, whatever framework it is of: a listener itself (Express,
 * plain), Koa (`callback()`), Fastify (`ready()` and `routing()`), Nest (`init()`), Hono and other web-standard apps
 * (`fetch`), a bare fetch function, an `http.Server`. Undefined for anything else.
 */
export function appListener(app: unknown): Listener | undefined {
  if (app instanceof Server) return (request, response) => app.emit('request', request, response);
  if (typeof app === 'object' || typeof app === 'function') {
    if (app === null) return undefined;
    if (has(app, 'callback') && has(app, 'middleware', 'object')) {
      return (app as { callback(): Listener }).callback();
    }
    if (has(app, 'getHttpAdapter') && has(app, 'init')) return nestListener(app as unknown as NestApp);
    if (has(app, 'routing') && has(app, 'ready')) return fastifyListener(app as unknown as FastifyApp);
    if (has(app, 'fetch')) return fetchListener(app as unknown as FetchApp);
  }
  if (typeof app !== 'function') return undefined;
  // A listener answers by its second argument: a function that takes only the request returns its response.
  return app.length === 1 ? fetchListener({ fetch: app as FetchApp['fetch'] }) : (app as Listener);
}

/** The app among what a module exports: the default export, else `app` or `server`. */
export function exportedApp(exported: unknown): unknown {
  if (exported === null || exported === undefined) return undefined;
  const record = exported as Record<string, unknown>;
  const candidates = [record['default'], exported, record['app'], record['server']];
  return candidates.find((candidate) => candidate !== undefined && appListener(candidate) !== undefined);
}

interface NestApp {
  init(): Promise<unknown>;
  /** Of Express or of Fastify. */
  getHttpAdapter(): { getInstance(): unknown };
}

function nestListener(app: NestApp): Listener {
  const ready = app.init().then(() => {
    const listener = appListener(app.getHttpAdapter().getInstance());
    if (listener === undefined) {
      throw new TypeError('the Nest application has no HTTP adapter with a listener');
    }
    return listener;
  });
  // A failure is the answer to each request, not the end of the process before the first.
  ready.catch(() => undefined);
  return async (request, response) => (await ready)(request, response);
}

interface FastifyApp {
  ready(): Promise<unknown>;
  routing: Listener;
}

function fastifyListener(app: FastifyApp): Listener {
  const ready = app.ready();
  ready.then(undefined, () => undefined);
  return async (request, response) => {
    await ready;
    app.routing(request, response);
  };
}

function has(value: object, name: string, type: 'function' | 'object' = 'function'): boolean {
  return typeof (value as Record<string, unknown>)[name] === type;
}
