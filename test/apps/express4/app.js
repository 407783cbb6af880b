const path = require('path');
const express = require('express');

const app = express();
app.use(express.urlencoded({ extended: true }));
app.use(express.json());

app.get('/', (req, res) => res.send('express 4'));
app.get('/hello/:name', (req, res) => res.json({ name: req.params.name, query: req.query }));
app.get('/wild/*', (req, res) => res.json(req.params));
app.post('/form', (req, res) => res.json(req.body));
app.post('/raw', (req, res) => {
  let size = 0;
  req.on('data', (chunk) => (size += chunk.length));
  req.on('end', () => res.json({ size }));
});
app.get('/jsonp', (req, res) => res.jsonp({ answer: 42 }));
app.get('/file', (req, res) => res.sendFile(path.join(__dirname, 'app.js'), { lastModified: false }));
app.get('/redirect', (req, res) => res.redirect('back'));
app.get('/cookie', (req, res) => res.cookie('a', { nested: [1, 2] }).cookie('b', '2').send('set'));
app.get('/bytes', (req, res) => res.type('application/octet-stream').end(Buffer.from([0, 1, 254, 255])));
app.get('/pipe', (req, res) => {
  res.status(203);
  res.write('one ');
  setImmediate(() => res.end('two'));
});
app.get('/callback-error', (req, res, next) => next(Object.assign(new Error('no'), { status: 422 })));
app.use((error, req, res, next) => res.status(error.status || 500).send({ error: error.message }));

module.exports = app;
if (require.main === module) app.listen(process.env.PORT || 3000);
