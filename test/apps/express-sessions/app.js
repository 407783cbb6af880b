'use strict';

const path = require('node:path');
const { Readable } = require('node:stream');
const compression = require('compression');
const cookieParser = require('cookie-parser');
const express = require('express');
const session = require('express-session');
const multer = require('multer');

const files = path.join(__dirname, 'files');
const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 1024 * 1024 } });

const app = express();
app.set('trust proxy', 1);
app.use(compression({ threshold: 200 }));
app.use(cookieParser('cookie secret'));
app.use(express.urlencoded({ extended: true }));
app.use(express.json());
app.use(express.text());
app.use(express.raw({ type: 'application/octet-stream' }));
app.use(
  session({
    name: 'sid',
    secret: 'session secret',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: null, httpOnly: true, sameSite: 'lax' },
  }),
);

app.get('/', (req, res) => res.send('<h1>Files</h1>'));
app.use('/static', express.static(files, { maxAge: '1h', lastModified: false }));

// Sessions
app.post('/login', (req, res) => {
  req.session.user = req.body.user;
  req.session.visits = 0;
  res.redirect('/me');
});
app.get('/me', (req, res) => {
  if (!req.session.user) return res.status(401).json({ error: 'not logged in' });
  req.session.visits += 1;
  res.json({ user: req.session.user, visits: req.session.visits });
});
app.post('/logout', (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.clearCookie('sid').sendStatus(204)));
});

// Cookies
app.get('/cookies', (req, res) => {
  res.cookie('plain', 'a b', { maxAge: undefined });
  res.cookie('signed', 'value', { signed: true, httpOnly: true });
  res.append('Set-Cookie', 'third=3; Path=/');
  res.json({ cookies: req.cookies, signed: req.signedCookies });
});

// Files
app.post('/upload', upload.single('file'), (req, res) => {
  const { originalname, mimetype, size, buffer } = req.file;
  res.status(201).json({ ...req.body, originalname, mimetype, size, hex: buffer.subarray(0, 16).toString('hex') });
});
app.post('/uploads', upload.array('files', 3), (req, res) => {
  res.json(req.files.map((file) => [file.originalname, file.size]));
});
app.get('/download', (req, res) => res.download(path.join(files, 'data.bin'), '数据.bin', { lastModified: false }));
app.get('/file/:name', (req, res, next) => {
  res.sendFile(req.params.name, { root: files, lastModified: false, dotfiles: 'deny' }, (error) => error && next(error));
});

// Bodies in and out
app.all('/echo', (req, res) => {
  const body = Buffer.isBuffer(req.body) ? { hex: req.body.toString('hex') } : req.body;
  res.json({ method: req.method, query: req.query, type: req.get('content-type'), body });
});
app.get('/text/:length', (req, res) => res.type('text').send('字'.repeat(Number(req.params.length))));
app.get('/bytes/:length', (req, res) => {
  const bytes = Buffer.alloc(Number(req.params.length), Buffer.from([0, 255, 128, 10, 13]));
  res.send(bytes);
});
app.get('/stream', (req, res) => {
  res.type('json');
  Readable.from(
    (function* rows() {
      yield '[';
      for (let row = 0; row < 500; row += 1) yield `${row === 0 ? '' : ','}{"row":${row}}`;
      yield ']\n';
    })(),
  ).pipe(res);
});
app.get('/slow-stream', (req, res) => {
  res.set('Cache-Control', 'no-transform');
  let left = 5;
  const timer = setInterval(() => {
    res.write(`line ${left}\n`);
    left -= 1;
    if (left === 0) {
      clearInterval(timer);
      res.end();
    }
  }, 10);
});

// Answers by hand
app.get('/write-head', (req, res) => {
  res.setHeader('X-Before', 'kept');
  res.writeHead(299, 'Quite Fine', { 'Content-Type': 'text/plain', 'X-Twice': ['one', 'two'] });
  res.write('by ');
  res.end('hand');
});
app.get('/write-head-array', (req, res) => {
  res.writeHead(200, ['Content-Type', 'text/plain', 'X-Raw', '1', 'X-Raw', '2', 'Content-Length', '2']);
  res.end('ok');
});
app.get('/head-length', (req, res) => res.set('Content-Length', '5').end(req.method === 'HEAD' ? undefined : '12345'));
app.get('/status/:code', (req, res) => res.status(Number(req.params.code)).end());
app.get('/redirect', (req, res) => res.redirect(301, '/me?from=这里'));
app.get('/not-modified', (req, res) => res.set('ETag', '"fixed"').send('the same'));
app.get('/links', (req, res) => res.links({ next: '/links?page=2', last: '/links?page=9' }).vary('Accept').send(''));
app.get('/format', (req, res) => {
  res.format({
    text: () => res.send('text'),
    html: () => res.send('<p>html</p>'),
    json: () => res.send({ kind: 'json' }),
  });
});
app.get('/where', (req, res) => {
  res.json({
    url: req.originalUrl,
    path: req.path,
    host: req.host.replace(/:\d+$/, ''),
    secure: req.secure,
    protocol: req.protocol,
    httpVersion: req.httpVersion,
    local: req.ip === '127.0.0.1' || req.ip === '::1' || req.ip === '::ffff:127.0.0.1',
    xhr: req.xhr,
    repeated: req.headersDistinct['x-many'],
    header: req.get('X-Custom'),
  });
});
app.get('/late-header', (req, res) => {
  res.end('sent');
  let code = 'none';
  try {
    res.setHeader('X-Late', '1');
  } catch (error) {
    code = error.code;
  }
  app.locals.late = code;
});
app.get('/late-header/seen', (req, res) => res.send(app.locals.late));

// Errors
app.get('/throw', () => {
  throw new Error('thrown');
});
app.get('/reject', async () => {
  throw Object.assign(new Error('rejected'), { status: 418 });
});
app.use((error, req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(error.status || 500).json({ error: error.message, code: error.code });
});

app.listen(process.env.PORT || 3000);
