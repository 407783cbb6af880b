'use strict';

const express = require('express');
const { segment } = require('./segment');

const app = express();
app.use(express.urlencoded({ extended: false }));

app.get('/hello/:name', (req, res) => {
  res.type('text').send(`hello ${req.params.name}\n`);
});

app.post('/hello', (req, res) => {
  res.type('text').send(`hello ${req.body.name}\n`);
});

app.get('/hello', (req, res) => {
  res.type('text').send(`hello ${req.query.name}\n`);
});

app.get('/jieba', (req, res) => {
  res.json(segment(req.query.text));
});

app.post('/jieba', (req, res) => {
  res.json(segment(req.body.text));
});

const port = process.env.PORT || 3000;
app.listen(port, () => console.log(`Listening on http://localhost:${port}`));
