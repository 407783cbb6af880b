import { fileURLToPath } from 'node:url';
import { Readable } from 'node:stream';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import statics from '@fastify/static';
import Fastify from 'fastify';

const app = Fastify({ trustProxy: true });
await app.register(cookie, { secret: 'cookie secret' });
await app.register(formbody);
await app.register(multipart);
await app.register(statics, {
  root: fileURLToPath(new URL('public', import.meta.url)),
  prefix: '/static/',
  lastModified: false,
});

app.get('/', async () => ({ hello: 'fastify' }));
app.get('/hello/:name', async (request) => ({ name: request.params.name, query: request.query }));
app.post('/form', async (request) => ({ ...request.body }));
app.post(
  '/checked',
  { schema: { body: { type: 'object', required: ['count'], properties: { count: { type: 'integer' } } } } },
  async (request, reply) => reply.code(201).send(request.body),
);
app.post('/upload', async (request) => {
  const file = await request.file();
  const bytes = await file.toBuffer();
  return { name: file.filename, type: file.mimetype, size: bytes.length, field: file.fields.title?.value };
});
app.get('/cookies', async (request, reply) => {
  reply.setCookie('signed', 'value', { signed: true, path: '/' }).setCookie('plain', 'a b', { httpOnly: true });
  return { cookies: request.cookies, signed: request.unsignCookie(request.cookies.signed ?? '').valid };
});
app.get('/stream', async (request, reply) =>
  reply.type('text/plain').send(Readable.from(Array.from({ length: 100 }, (_, line) => `line ${line}\n`))),
);
app.get('/bytes', async () => Buffer.from([0, 1, 2, 253, 254, 255]));
app.get('/redirect', async (request, reply) => reply.redirect('/hello/redirected', 303));
app.get('/hijack', (request, reply) => {
  reply.hijack();
  reply.raw.writeHead(202, { 'content-type': 'text/plain' });
  reply.raw.end('hijacked');
});
app.get('/throw', async () => {
  throw Object.assign(new Error('thrown'), { statusCode: 409, code: 'CONFLICT' });
});

await app.listen({ port: Number(process.env.PORT ?? 3000) });
