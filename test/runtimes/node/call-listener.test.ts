import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Headers, HttpRequest, HttpResponse } from '../../../src/events/types.ts';
import { callListener, type Listener } from '../../../src/runtimes/node/call-listener.ts';

const INVOCATION = { event: {}, context: {} };

function makeRequest(parts: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    path: '/',
    query: '',
    headers: [['Host', 'example.test']],
    body: new Uint8Array(),
    scheme: 'http',
    remoteAddress: '203.0.113.7',
    stage: '',
    requestId: 'r',
    time: 0,
    ...parts,
  };
}

/** The same request to the same listener behind a real server. */
async function behindServer(listener: Listener, request: HttpRequest): Promise<HttpResponse> {
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const path = request.query === '' ? request.path : `${request.path}?${request.query}`;
      const outgoing = httpRequest(
        { port, path, method: request.method, headers: request.headers.flat() as never, agent: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            const headers: Headers = [];
            for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
              headers.push([incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!]);
            }
            resolve({ status: incoming.statusCode!, headers, body: Buffer.concat(chunks) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(request.body);
    });
  } finally {
    server.close();
  }
}

const FRAMING = /^(connection|keep-alive|transfer-encoding|date|content-length)$/i;

function comparable(response: HttpResponse): unknown {
  return {
    status: response.status,
    headers: response.headers.filter(([name]) => !FRAMING.test(name)),
    body: Buffer.from(response.body).toString('base64'),
  };
}

const read = async (incoming: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
};

const LISTENERS: Record<string, Listener> = {
  'end only': (_, response) => response.end('text'),
  'nothing but end': (_, response) => response.end(),
  'several writes': (_, response) => {
    response.write('one ');
    response.write(Buffer.from('two '));
    response.write('drei ü', 'latin1');
    response.end();
  },
  'writeHead with an object': (_, response) => {
    response.setHeader('X-Before', '1');
    response.writeHead(201, 'Made', { 'X-A': ['1', '2'], 'Content-Type': 'text/plain' }).end('made');
  },
  'writeHead with an array': (_, response) => {
    response.writeHead(202, ['X-A', '1', 'X-A', '2', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
    response.end('x');
  },
  'writeHead replaced, as on-headers does': (_, response) => {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    response.writeHead = (...args: unknown[]) => {
      response.setHeader('X-Late', 'yes');
      return writeHead(...args);
    };
    response.end('late');
  },
  'cookies and appended headers': (_, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2; Path=/']);
    response.appendHeader('Vary', 'Accept');
    response.appendHeader('Vary', 'Cookie');
    response.end();
  },
  'chunked on request': (_, response) => {
    response.setHeader('Transfer-Encoding', 'chunked');
    response.write('a');
    response.end('b');
  },
  'a pipe': (_, response) => void Readable.from(['one', 'two', 'three']).pipe(response),
  'a gzip pipe': (_, response) => {
    response.setHeader('Content-Encoding', 'gzip');
    Readable.from([Buffer.alloc(200_000, 'ab')])
      .pipe(createGzip())
      .pipe(response);
  },
  'a large pipe': (_, response) =>
    void Readable.from(Array.from({ length: 40 }, (_, index) => Buffer.alloc(10_000, index))).pipe(response),
  'writes that wait for drain': async (_, response) => {
    for (let index = 0; index < 20; index += 1) {
      if (!response.write(Buffer.alloc(17_000, index)))
        await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  },
  binary: (_, response) => response.end(Buffer.from([0, 1, 2, 253, 254, 255, 13, 10, 13, 10])),
  'no content': (_, response) => response.writeHead(204).end(),
  'not modified': (_, response) => response.writeHead(304, { ETag: '"x"' }).end(),
  'early hints and continue': (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeContinue();
    response.end('after');
  },
  flushHeaders: (_, response) => {
    response.flushHeaders();
    setTimeout(() => response.end('flushed'), 5);
  },
  'what it sees': async (incoming, response) => {
    const body = await read(incoming);
    const { method, url, httpVersion, headers, headersDistinct } = incoming;
    const seen = { method, url, httpVersion, headers, headersDistinct, complete: incoming.complete, body };
    response.end(JSON.stringify(seen));
  },
};

describe('callListener answers as a real server does', () => {
  for (const [name, listener] of Object.entries(LISTENERS)) {
    it.each(['GET', 'HEAD', 'POST'])(`${name}, %s`, async (method) => {
      const body = method === 'POST' ? Buffer.from('a=1&b=ü') : new Uint8Array();
      const headers: Headers = [
        ['Host', 'example.test'],
        ['X-Twice', '1'],
        ['x-twice', '2'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['Connection', 'close'],
        ['Content-Length', String(body.length)],
      ];
      const request = makeRequest({ method, path: '/p%20q', query: 'x=1&x=2', headers, body });
      const [ours, real] = await Promise.all([
        callListener(listener, request, INVOCATION),
        behindServer(listener, request),
      ]);
      expect(comparable(ours)).toEqual(comparable(real));
    });
  }

  it('carries any request body and response unchanged (property)', async () => {
    const headerName = fc.stringMatching(/^X-[A-Za-z0-9-]{1,20}$/);
    const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2000 }),
        fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
        fc.constantFrom(200, 201, 400, 404, 500),
        async (body, headers, status) => {
          let received: Buffer | undefined;
          const response = await callListener(
            async (incoming, outgoing) => {
              const chunks: Buffer[] = [];
              for await (const chunk of incoming) chunks.push(chunk as Buffer);
              received = Buffer.concat(chunks);
              outgoing.writeHead(status, headers.flat());
              outgoing.end(received);
            },
            makeRequest({ method: 'POST', body }),
            INVOCATION,
          );
          expect(received).toEqual(Buffer.from(body));
          expect(Buffer.from(response.body)).toEqual(Buffer.from(body));
          expect(response.status).toBe(status);
          expect(response.headers.filter(([name]) => name.startsWith('X-'))).toEqual(headers);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('callListener', () => {
  it('gives the app its event and context, and an address without a socket', async () => {
    const invocation = { event: { a: 1 }, context: { b: 2 } };
    const response = await callListener(
      (incoming, outgoing) => {
        const { ropeway } = incoming as IncomingMessage & { ropeway: typeof invocation };
        const { remoteAddress, encrypted } = incoming.socket as IncomingMessage['socket'] & {
          encrypted: boolean;
        };
        outgoing.end(JSON.stringify({ ropeway, remoteAddress, encrypted }));
      },
      makeRequest({ scheme: 'https' }),
      invocation,
    );
    expect(JSON.parse(response.body.toString())).toEqual({
      ropeway: invocation,
      remoteAddress: '203.0.113.7',
      encrypted: true,
    });
  });

  it('emits finish and close once each, in this order, and end on the request once', async () => {
    const events: string[] = [];
    await callListener(
      (incoming, outgoing) => {
        incoming.on('end', () => events.push('request end'));
        outgoing.on('finish', () => events.push('finish'));
        outgoing.on('close', () => events.push('close'));
        incoming.resume();
        incoming.on('end', () => outgoing.end('x'));
      },
      makeRequest(),
      INVOCATION,
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events).toEqual(['request end', 'finish', 'close']);
  });

  it.each([
    ['response', (_: IncomingMessage, outgoing: ServerResponse) => outgoing.destroy()],
    ['socket', (incoming: IncomingMessage) => incoming.socket.destroy()],
    ['request', (incoming: IncomingMessage) => incoming.destroy()],
  ])('does not hang when the app destroys the %s', async (_, listener) => {
    await expect(callListener(listener as Listener, makeRequest(), INVOCATION)).rejects.toThrow(
      'closed the connection without finishing',
    );
  });

  it('rejects with what the listener throws, now or later', async () => {
    const now = (): never => {
      throw new RangeError('now');
    };
    await expect(callListener(now, makeRequest(), INVOCATION)).rejects.toThrow(RangeError);
    const later = async (): Promise<never> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw new RangeError('later');
    };
    await expect(callListener(later, makeRequest(), INVOCATION)).rejects.toThrow('later');
  });
});
