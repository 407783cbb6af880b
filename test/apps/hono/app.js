import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { streamText } from 'hono/streaming';

const app = new Hono();
app.use('/api/*', cors({ origin: 'https://example.com' }));
app.use('/tagged', etag());

app.get('/', (c) => c.text('hono'));
app.get('/hello/:name', (c) => c.html(`<p>hello ${c.req.param('name')}</p>`));
app.get('/query', (c) => c.json({ all: c.req.queries(), one: c.req.query('a') ?? null }));
app.post('/form', async (c) => {
  const body = await c.req.parseBody({ all: true });
  const shown = Object.entries(body).map(async ([key, value]) => [
    key,
    value instanceof File ? { name: value.name, type: value.type, bytes: (await value.arrayBuffer()).byteLength } : value,
  ]);
  return c.json(Object.fromEntries(await Promise.all(shown)));
});
app.post('/json', async (c) => c.json(await c.req.json(), 201));
app.put('/bytes', async (c) => c.body(await c.req.arrayBuffer(), 200, { 'Content-Type': 'application/octet-stream' }));
app.get('/bytes', (c) => c.body(new Uint8Array([0, 1, 2, 253, 254, 255])));
app.get('/tagged', (c) => c.text('tagged'));
app.get('/api/data', (c) => c.json({ ok: true }));
app.get('/cookies', async (c) => {
  setCookie(c, 'plain', 'a b');
  await setSignedCookie(c, 'signed', 'value', 'secret');
  return c.json({ plain: getCookie(c, 'plain') ?? null, signed: (await getSignedCookie(c, 'secret', 'signed')) ?? null });
});
app.get('/stream', (c) =>
  streamText(c, async (stream) => {
    for (let line = 0; line < 20; line += 1) await stream.writeln(`line ${line}`);
  }),
);
app.get('/redirect', (c) => c.redirect('/hello/redirected', 308));
app.get('/nothing', (c) => c.body(null, 204));
app.get('/throw', () => {
  throw new Error('thrown');
});
app.onError((error, c) => c.text(`error: ${error.message}`, 500));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
