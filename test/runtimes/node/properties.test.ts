import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { detectFormat, eventFormats, formatByName } from '../../../src/events/list.ts';
import { EventError, type Headers, type JsonObject, type JsonValue } from '../../../src/events/types.ts';
import type { Listener } from '../../../src/runtimes/node/call-listener.ts';
import { handler } from '../../../src/runtimes/node/adapter.ts';
import { body, headers, joined, json, mutate, nearEvent, QUERY, request } from '../../events/arbitraries.ts';

const RUNS = 1500;

/** Reports the request that it gets, as its headers and body. */
const echo: Listener = (incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const { method, url, rawHeaders, socket } = incoming;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        method,
        url,
        rawHeaders,
        remoteAddress: socket.remoteAddress,
        body: Buffer.concat(chunks).toString('base64'),
      }),
    );
  });
};

/** Any token; the answer to HEAD has no body that could tell what arrived. */
const method = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,12}$/).filter((token) => token !== 'HEAD');
const anyRequest = fc
  .tuple(request, fc.oneof(fc.constantFrom('GET', 'POST', 'get', 'PROPFIND'), method))
  .map(([sent, other]) => ({ ...sent, method: other }));
/** One to three values removed or replaced, at any depth. */
const damage = fc.array(fc.tuple(fc.nat(), fc.oneof(json, nearEvent), fc.boolean()), {
  minLength: 1,
  maxLength: 3,
});

const answers = fc.record({
  status: fc.integer({ min: 200, max: 599 }),
  headers: fc.tuple(headers, fc.array(fc.stringMatching(/^[a-z]{1,5}=[\w]{0,9}$/), { maxLength: 3 })),
  chunks: fc.array(body, { maxLength: 4 }),
  asList: fc.boolean(),
  endWithLast: fc.boolean(),
});

for (const format of eventFormats) {
  describe(format.name, () => {
    test('any request reaches the app as it was sent', async () => {
      const answer = handler(echo);
      await fc.assert(
        fc.asyncProperty(anyRequest, async (sent) => {
          const event = JSON.parse(JSON.stringify(format.toEvent(sent))) as JsonObject;
          const result = (await answer(event, {})) as JsonObject;
          const got = JSON.parse(format.fromResult(result).body.toString()) as Echo;
          const query = (QUERY[format.name] ?? ((raw) => raw))(sent.query);
          expect(got.method).toBe(sent.method);
          expect(got.url).toBe(query === '' ? sent.path : `${sent.path}?${query}`);
          expect(Buffer.from(got.body, 'base64')).toEqual(Buffer.from(sent.body));
          expect(got.remoteAddress).toBe(sent.remoteAddress);
          // As lists: the order has to be the same as well.
          const arrived = Object.entries(joined(pairs(got.rawHeaders)));
          expect(arrived).toEqual(Object.entries(joined(sent.headers)));
        }),
        { numRuns: RUNS },
      );
    });

    test('any response of the app comes back as it was given', async () => {
      await fc.assert(
        fc.asyncProperty(
          answers,
          async ({ status, headers: [plain, cookies], chunks, asList, endWithLast }) => {
            const given: Headers = [
              ...plain,
              ...cookies.map((cookie): [string, string] => ['Set-Cookie', cookie]),
            ];
            const answer = handler(((_, response) => {
              if (asList) response.writeHead(status, given.flat());
              else {
                response.statusCode = status;
                for (const [name, value] of given) response.appendHeader(name, value);
              }
              const last = endWithLast ? chunks.at(-1) : undefined;
              for (const chunk of last === undefined ? chunks : chunks.slice(0, -1)) response.write(chunk);
              if (last === undefined) response.end();
              else response.end(last);
            }) satisfies Listener);
            const event = format.toEvent({ ...PLAIN, method: 'GET' });
            const got = format.fromResult(JSON.parse(JSON.stringify(await answer(event, {}))) as JsonObject);
            expect(got.status).toBe(status);
            const bodiless = status === 204 || status === 304;
            expect(Buffer.from(got.body)).toEqual(bodiless ? Buffer.alloc(0) : Buffer.concat(chunks));
            const isCookie = ([name]: [string, string]): boolean => name.toLowerCase() === 'set-cookie';
            expect(got.headers.filter(isCookie).map(([, value]) => value)).toEqual(cookies);
            const others = got.headers.filter((header) => !isCookie(header));
            expect(joined(others, ', ')).toEqual(joined(plain, ', '));
          },
        ),
        { numRuns: RUNS },
      );
    });

    test('an event with anything wrong in it gives a result or an EventError', async () => {
      const answer = handler(echo);
      const broken = fc
        .tuple(anyRequest, damage)
        .map(([sent, changes]) =>
          changes.reduce((event, change) => mutate(event, ...change), format.toEvent(sent)),
        );
      await fc.assert(
        fc.asyncProperty(broken, async (event) => expectSound(answer, event)),
        { numRuns: RUNS },
      );
    });
  });
}

test('any JSON at all gives a result or an EventError', async () => {
  const answer = handler(echo);
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, nearEvent), async (event) => expectSound(answer, event)),
    { numRuns: 3000 },
  );
});

test('requests at the same time never share event or context (case 40)', async () => {
  const answer = handler(((incoming, response) => {
    const { event, context } = (incoming as unknown as { ropeway: { event: JsonObject; context: string } })
      .ropeway;
    setTimeout(
      () => response.end(`${String(event['rawPath'])} ${context} ${incoming.url}`),
      Math.random() * 5,
    );
  }) satisfies Listener);
  const format = formatByName('aws-v2');
  await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const event = format.toEvent({ ...PLAIN, path: `/${n}` });
      expect(((await answer(event, `context-${n}`)) as JsonObject)['body']).toBe(`/${n} context-${n} /${n}`);
    }),
  );
});

interface Echo {
  method: string;
  url: string;
  rawHeaders: string[];
  remoteAddress: string;
  body: string;
}

const PLAIN = {
  method: 'GET',
  path: '/',
  query: '',
  headers: [['host', 'localhost:3000']] as Headers,
  body: new Uint8Array(),
  scheme: 'http' as const,
  remoteAddress: '203.0.113.7',
  stage: '',
  requestId: 'id',
  time: 0,
};

async function expectSound(answer: ReturnType<typeof handler>, event: JsonValue): Promise<void> {
  let result: JsonValue;
  try {
    result = (await answer(event, {})) as JsonValue;
  } catch (error) {
    expect(error).toBeInstanceOf(EventError);
    return;
  }
  // Outside the `try`: a result that the gateway refuses is the adapter's fault, not the event's.
  expect(detectFormat(event)!.fromResult(result).status).toBe(200);
}

function pairs(raw: string[]): Headers {
  const list: Headers = [];
  for (let index = 0; index < raw.length; index += 2) list.push([raw[index]!, raw[index + 1]!]);
  return list;
}
