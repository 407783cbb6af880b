import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import { describe, expect, it } from 'vitest';

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
