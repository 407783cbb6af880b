import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import Koa from 'koa';
import { segment } from './segment.js';

const app = new Koa();
const router = new Router();

router.get('/hello/:name', (ctx) => {
  ctx.body = `hello ${ctx.params.name}\n`;
});

router.post('/hello', (ctx) => {
  ctx.body = `hello ${ctx.request.body.name}\n`;
});

router.get('/hello', (ctx) => {
  ctx.body = `hello ${ctx.query.name}\n`;
});

router.get('/jieba', (ctx) => {
  ctx.body = segment(ctx.query.text);
});

router.post('/jieba', (ctx) => {
  ctx.body = segment(ctx.request.body.text);
});

app.use(bodyParser());
app.use(router.routes());
app.use(router.allowedMethods());

const port = process.env.PORT || 3000;
app.listen(port, () => console.log(`Listening on http://localhost:${port}`));
