import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import { describe, expect, it } from 'vitest';

import type { JsonValue } from '../../../src/events/types.ts';
import { handler } from '../../../src/runtimes/node/adapter.ts';

const event = {
  version: '2.0',
  rawPath: '/hello',
  rawQueryString: 'a=1',
  headers: { host: 'example.com', 'x-forwarded-proto': 'https' },
  requestContext: { http: { method: 'POST', sourceIp: '203.0.113.7' } },
  body: 'given',
};

const listener = (request: IncomingMessage, response: ServerResponse): void => {
  response.end(`${request.method} ${request.url}`);
};

describe('what makes an app', () => {
  it.each([
    ['a listener', listener],
    ['an http.Server', createServer(listener)],
    [
      'a Nest application, which is initialised first',
      (() => {
        let ready = false;
        return {
          init: async () => {
            ready = true;
          },
          getHttpAdapter: () => ({ getInstance: () => (ready ? listener : undefined) }),
        };
      })(),
    ],
    [
      'a web-standard app',
      {
        fetch: async (request: Request) =>
          new Response(`${request.method} ${new URL(request.url).pathname}${new URL(request.url).search}`),
      },
    ],
    [
      'a bare fetch function',
      (request: Request) =>
        new Response(`${request.method} ${new URL(request.url).pathname}${new URL(request.url).search}`),
    ],
  ])('%s', async (_, app) => {
    expect(await handler(app)(event, {})).toMatchObject({ statusCode: 200, body: 'POST /hello?a=1' });
  });

  it('gives a web-standard app the body, the scheme and the headers', async () => {
    const app = {
      fetch: async (request: Request) => {
        const text = `${request.url} ${request.headers.get('host')} ${await request.text()}`;
        return new Response(text, {
          status: 201,
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        });
      },
    };
    expect(await handler(app)(event, {})).toMatchObject({
      statusCode: 201,
      cookies: ['a=1', 'b=2'],
      body: 'https://example.com/hello?a=1 example.com given',
    });
  });

  it('initialises Nest once, whatever is behind it, and before any request', async () => {
    const calls: string[] = [];
    const fastify = {
      ready: async () => calls.push('ready'),
      routing: (request: IncomingMessage, response: ServerResponse) => {
        calls.push('request');
        listener(request, response);
      },
    };
    const nest = {
      init: async () => calls.push('init'),
      getHttpAdapter: () => ({ getInstance: () => fastify }),
    };
    const main = handler(nest);
    expect(await main(event, {})).toMatchObject({ body: 'POST /hello?a=1' });
    expect(await main(event, {})).toMatchObject({ body: 'POST /hello?a=1' });
    expect(calls).toEqual(['init', 'ready', 'request', 'request']);
  });

  it('refuses a Nest application that has no listener', async () => {
    const nest = { init: async () => {}, getHttpAdapter: () => ({ getInstance: () => undefined }) };
    await expect(handler(nest)(event, {})).rejects.toThrow('no HTTP adapter with a listener');
  });

  it('gives event and context to a web-standard app', async () => {
    const app = { fetch: (request: Request) => Response.json((request as { ropeway?: unknown }).ropeway) };
    const { body } = (await handler(app)(event, { memory: 128 })) as { body: string };
    expect(JSON.parse(body)).toEqual({ event, context: { memory: 128 } });
  });

  it('parses an event of bytes, as Function Compute gives it', async () => {
    const seen: unknown[] = [];
    const main = handler(listener, { onEvent: (other) => seen.push(other) });
    const bytes = (text: string): JsonValue => Buffer.from(text) as unknown as JsonValue;
    expect(await main(bytes(JSON.stringify(event)), {})).toMatchObject({ body: 'POST /hello?a=1' });
    await main(bytes('{"triggerName":"t"}'), {});
    await main(bytes('no JSON'), {});
    expect(seen).toEqual([{ triggerName: 't' }, Buffer.from('no JSON')]);
    await expect(handler(listener)(bytes('no JSON'), {})).rejects.toThrow('bytes that are no JSON');
  });

  it('rejects each request of an application that cannot be initialised', async () => {
    const nest = { init: () => Promise.reject(new Error('no database')), getHttpAdapter: () => ({}) };
    const main = handler(nest);
    await new Promise(setImmediate);
    await expect(main(event, {})).rejects.toThrow('no database');
  });

  it('rejects with what a bare fetch function throws', async () => {
    const app = async (request: Request) => {
      throw new Error(`no ${new URL(request.url).pathname}`);
    };
    await expect(handler(app)(event, {})).rejects.toThrow('no /hello');
  });

  it.each([[undefined], [null], [7], ['app'], [{}]])('is not %s', (app) => {
    expect(() => handler(app)).toThrow(TypeError);
  });

  it('passes other events on, or names their keys', async () => {
    expect(await handler(listener, { onEvent: (other) => other })({ Type: 'Timer' }, {})).toEqual({
      Type: 'Timer',
    });
    await expect(handler(listener)({ Type: 'Timer', Time: 'x' }, {})).rejects.toThrow(
      'not an HTTP event of a known format; its keys are: Type, Time',
    );
    await expect(handler(listener)([1], {})).rejects.toThrow(
      'not an HTTP event of a known format; it is object',
    );
  });
});
