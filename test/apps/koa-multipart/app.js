import { Readable } from 'node:stream';
import multer from '@koa/multer';
import { Router } from '@koa/router';
import Koa from 'koa';
import compress from 'koa-compress';
import send from 'koa-send';
import serve from 'koa-static';

const root = new URL('public', import.meta.url).pathname;
const app = new Koa({ keys: ['first key', 'second key'], proxy: true });
const router = new Router();
const upload = multer({ storage: multer.memoryStorage() });

// A fixed date, so that a fresh checkout answers the same.
const fixedDate = (res) => res.setHeader('Last-Modified', 'Wed, 01 Jan 2025 00:00:00 GMT');

app.silent = true;
app.use(compress({ threshold: 200, br: { params: {} } }));
app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    ctx.status = error.status ?? 500;
    ctx.body = { error: error.message };
    ctx.set(error.headers ?? {});
  }
});
app.use(serve(root, { setHeaders: fixedDate, maxage: 60_000 }));

router.get('/hello/:name', (ctx) => {
  ctx.body = `hello ${ctx.params.name}`;
});
router.post('/upload', upload.fields([{ name: 'picture', maxCount: 1 }, { name: 'notes', maxCount: 3 }]), (ctx) => {
  const describe = ({ originalname, mimetype, size, buffer }) => ({ originalname, mimetype, size, hex: buffer.toString('hex', 0, 8) });
  ctx.status = 201;
  ctx.body = {
    fields: { ...ctx.request.body },
    picture: ctx.files.picture?.map(describe),
    notes: ctx.files.notes?.map(describe),
  };
});
router.post('/raw', async (ctx) => {
  const chunks = await collect(ctx.req);
  ctx.type = 'application/octet-stream';
  ctx.body = Buffer.concat(chunks).reverse();
});
router.get('/cookies', (ctx) => {
  const visits = Number(ctx.cookies.get('visits', { signed: true }) ?? 0) + 1;
  ctx.cookies.set('visits', String(visits), { signed: true });
  ctx.cookies.set('plain', 'yes', { signed: false, httpOnly: false });
  ctx.body = { visits };
});
router.get('/picture', async (ctx) => {
  await send(ctx, 'pixel.png', { root, setHeaders: fixedDate });
});
router.get('/attachment', async (ctx) => {
  ctx.attachment('图.png');
  await send(ctx, 'pixel.png', { root, setHeaders: fixedDate });
});
router.get('/long', (ctx) => {
  ctx.body = { text: 'abc '.repeat(1000) };
});
router.get('/stream', (ctx) => {
  ctx.type = 'text';
  ctx.body = Readable.from(Array.from({ length: 200 }, (_, line) => `line ${line}\n`));
});
router.get('/fresh', (ctx) => {
  ctx.status = 200;
  ctx.etag = 'fixed';
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = 'fresh';
});
router.get('/redirect', (ctx) => ctx.redirect('/hello/redirected?a=1&b=2'));
router.get('/empty', (ctx) => {
  ctx.status = 204;
});
router.get('/null', (ctx) => {
  ctx.body = null;
});
router.get('/query', (ctx) => {
  ctx.body = { query: ctx.query, raw: ctx.querystring, url: ctx.url, protocol: ctx.protocol };
});
router.get('/teapot', (ctx) => ctx.throw(418, 'short and stout', { headers: { 'X-Kind': 'teapot' } }));
router.get('/crash', () => {
  throw new TypeError('a bug');
});
router.get('/raw-response', (ctx) => {
  ctx.respond = false;
  ctx.res.writeHead(202, { 'Content-Type': 'text/plain' });
  ctx.res.end('past koa');
});
router.get('/accepts', (ctx) => {
  ctx.vary('Accept');
  ctx.body = ctx.accepts('html', 'json') || 'neither';
});

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

app.use(router.routes());
app.use(router.allowedMethods());
app.listen(process.env.PORT ?? 3000);
