// One Node adapter with one app in a process of its own, forked by measure-node.mjs, so that none pays for another's
// garbage or heap, or profits from another's compiled code. It times calls when it is told to:
// {name, calls} → {us} or, for no calls, {problem}.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { binaryBody, BINARY_BYTES, events } from './events.mjs';

const [peers, group, subject] = process.argv.slice(2);
const require = createRequire(join(peers, 'package.json'));
const load = async (name) => (await import(pathToFileURL(require.resolve(name)).href)).default;

const BINARY = 'application/octet-stream';
const CONTEXT = { awsRequestId: 'id', getRemainingTimeInMillis: () => 30_000 };
const body = binaryBody();

const listener = (request, response) => {
  if (request.method === 'POST') {
    let bytes = 0;
    request.on('data', (chunk) => (bytes += chunk.length));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(`{"bytes":${bytes}}`);
    });
  } else if (request.url.startsWith('/binary')) {
    response.setHeader('content-type', BINARY);
    response.end(body);
  } else {
    response.setHeader('content-type', 'text/plain');
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.end('hello');
  }
};

const expressApp = async () => {
  const express = await load('express');
  const app = express();
  app.get('/hello', (request, response) => response.type('text').send('hello'));
  app.get('/binary', (request, response) => response.type(BINARY).send(body));
  app.post('/length', express.raw({ type: () => true, limit: '1mb' }), (request, response) =>
    response.json({ bytes: request.body.length }),
  );
  return app;
};

const fastifyApp = async () => {
  const app = (await load('fastify'))();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 2 ** 20 }, (request, given, done) =>
    done(null, given),
  );
  app.get('/hello', (request, reply) => reply.type('text/plain').send('hello'));
  app.get('/binary', (request, reply) => reply.type(BINARY).send(body));
  app.post('/length', (request, reply) => reply.send({ bytes: request.body.length }));
  return app;
};

/** light-my-request takes no event: what an adapter would do around it. */
const injected = (inject, app) => async (event) => {
  const response = await inject(app, {
    method: event.requestContext.http.method,
    url: `${event.rawPath}?${event.rawQueryString}`,
    headers: { ...event.headers, cookie: event.cookies.join('; ') },
    payload: event.body,
    remoteAddress: event.requestContext.http.sourceIp,
  });
  const binary = response.headers['content-type'] === BINARY;
  return {
    statusCode: response.statusCode,
    headers: response.headers,
    body: binary ? response.rawPayload.toString('base64') : response.payload,
    isBase64Encoded: binary,
  };
};

const APPS = { 'node-listener': () => listener, 'node-express': expressApp, 'node-fastify': fastifyApp };

const ADAPTERS = {
  ropeway: async (app) => (await import('../../dist/runtimes/node/adapter.js')).handler(app),
  'serverless-express': async (app) => {
    const loaded = await load('@codegenie/serverless-express');
    const configure = loaded.configure ?? loaded.default ?? loaded;
    return configure({ app, binarySettings: { contentTypes: [BINARY] } });
  },
  'serverless-http': async (app) => (await load('serverless-http'))(app, { binary: [BINARY] }),
  'light-my-request': async (app) => injected(await load('light-my-request'), app),
  'aws-lambda-fastify': async (app) => {
    await app.ready();
    return (await load('@fastify/aws-lambda'))(app, { binaryMimeTypes: [BINARY] });
  },
};

const call = await ADAPTERS[subject](await APPS[group]());

/** As many copies as a function would get fresh events: one object used for ever is faster than any real event. */
const COPIES = 16;
const copies = Object.fromEntries(
  Object.entries(events).map(([name, event]) => {
    const text = JSON.stringify(event);
    return [name, () => Array.from({ length: COPIES }, () => JSON.parse(text))];
  }),
);

process.on('message', (order) => {
  void obey(order).then((answer) => process.send(answer));
});
process.send({});

async function obey({ name, calls }) {
  if (calls === 0) return { problem: await verify(name, events[name]) };
  return { us: await time(copies[name](), calls) };
}

/** Whether a subject gives the right answer at all. */
async function verify(name, event) {
  const result = await call(event, CONTEXT);
  const got = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
  if (result.statusCode !== 200) return `status ${result.statusCode}`;
  if (name === 'binary') return got.equals(body) ? undefined : `${got.length} of ${BINARY_BYTES} bytes`;
  const expected = name === 'get' ? 'hello' : `{"bytes":${Buffer.byteLength(event.body)}}`;
  return String(got) === expected ? undefined : `body ${JSON.stringify(String(got).slice(0, 60))}`;
}

async function time(pool, calls) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < calls; index++) await call(pool[index % COPIES], CONTEXT);
  return Number(process.hrtime.bigint() - start) / 1000 / calls;
}
