import { bytes, form, json, multipart } from './support/bodies.ts';
import type { Exchange } from './support/types.ts';

const upload = { name: 'file', filename: '数据.bin', type: 'application/octet-stream', value: bytes(4000) };

const shared: Exchange[] = [
  { path: '/' },
  { path: '/hello/Ada' },
  { path: '/hello/%E5%BC%A0%E4%B8%89?a=1&a=2' },
  { path: '/form', ...form('a=1&b=%E4%B8%AD') },
  { path: '/bytes' },
  { path: '/redirect' },
  { path: '/missing' },
  { method: 'HEAD', path: '/' },
  { method: 'OPTIONS', path: '/form' },
];

export const honoExchanges: Exchange[] = [
  ...shared,
  { path: '/query?a=1&a=2&b=%20' },
  { path: '/form', ...multipart([{ name: 'title', value: '标题' }, upload]), name: 'multipart' },
  { path: '/json', ...json({ text: '中文' }) },
  {
    method: 'PUT',
    path: '/bytes',
    headers: [['Content-Type', 'application/octet-stream']],
    body: bytes(70_000),
  },
  { path: '/tagged' },
  { path: '/api/data', headers: [['Origin', 'https://example.com']] },
  {
    method: 'OPTIONS',
    path: '/api/data',
    headers: [
      ['Origin', 'https://example.com'],
      ['Access-Control-Request-Method', 'PUT'],
    ],
  },
  { path: '/cookies' },
  { path: '/cookies', name: 'cookies come back' },
  { path: '/stream' },
  { path: '/nothing' },
  { path: '/throw' },
];

export const fastifyExchanges: Exchange[] = [
  ...shared,
  { path: '/checked', ...json({ count: 3 }) },
  { path: '/checked', ...json({ count: 'many' }), name: 'a body that the schema rejects' },
  { path: '/checked', ...json({ count: 3 }), chunked: true, name: 'a chunked upload' },
  { path: '/upload', ...multipart([{ name: 'title', value: '标题' }, upload]) },
  { path: '/upload', ...json({}), name: 'an upload that is not multipart' },
  { path: '/cookies' },
  { path: '/cookies', name: 'cookies come back' },
  { path: '/stream' },
  { path: '/hijack' },
  { path: '/throw' },
  { path: '/static/site.js' },
  { path: '/static/site.js', headers: [['Range', 'bytes=0-9']] },
  { path: '/static/missing.js' },
  { method: 'HEAD', path: '/static/site.js' },
];

export const express4Exchanges: Exchange[] = [
  ...shared,
  { path: '/wild/a/b/c' },
  { path: '/form', ...json({ deep: { list: [1, '中'] } }) },
  { path: '/form', ...form('a[b]=1&a[c]=2'), name: 'a nested form' },
  {
    method: 'POST',
    path: '/raw',
    headers: [['Content-Type', 'application/octet-stream']],
    body: bytes(100_000),
  },
  {
    method: 'POST',
    path: '/raw',
    headers: [['Content-Type', 'x/y']],
    body: bytes(100_000),
    chunked: true,
    name: 'chunked bytes',
  },
  { path: '/jsonp?callback=call' },
  { path: '/file' },
  { path: '/file', headers: [['Range', 'bytes=5-9']] },
  { path: '/redirect', headers: [['Referer', '/hello/back']] },
  { path: '/cookie' },
  { path: '/pipe' },
  { path: '/callback-error' },
];
