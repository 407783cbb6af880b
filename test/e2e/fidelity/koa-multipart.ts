import { bytes, form, multipart } from './support/bodies.ts';
import type { Exchange } from './support/types.ts';

const gzip: Pick<Exchange, 'headers'> = { headers: [['Accept-Encoding', 'gzip']] };
const picture = { name: 'picture', filename: '图.png', type: 'image/png', value: bytes(5000) };

export const koaExchanges: Exchange[] = [
  { path: '/', except: ['timestamps'] },
  { path: '/style.css' },
  { path: '/style.css', ...gzip, name: 'a compressed file' },
  { path: '/pixel.png' },
  { method: 'HEAD', path: '/pixel.png' },
  { path: '/hello/%E5%BC%A0%E4%B8%89' },
  {
    path: '/upload',
    ...multipart([{ name: 'title', value: '标题' }, { name: 'title', value: 'second' }, picture]),
  },
  {
    path: '/upload',
    ...multipart([
      picture,
      ...[1, 2].map((n) => ({ name: 'notes', filename: `${n}.txt`, type: 'text/plain', value: `note ${n}` })),
    ]),
    name: 'several files',
  },
  { path: '/upload', ...multipart([picture, picture]), name: 'more files than allowed' },
  { path: '/upload', ...form('a=1'), name: 'a form that is not multipart' },
  { path: '/upload', ...multipart([picture]), chunked: true, name: 'a chunked upload' },
  {
    method: 'POST',
    path: '/raw',
    headers: [['Content-Type', 'application/octet-stream']],
    body: bytes(10_000),
  },
  { path: '/cookies' },
  { path: '/cookies', name: 'signed cookies come back' },
  { path: '/cookies', headers: [['Cookie', 'visits=7; visits.sig=forged']], name: 'a forged cookie' },
  { path: '/picture' },
  { path: '/attachment' },
  { path: '/long' },
  { path: '/long', ...gzip },
  { path: '/long', headers: [['Accept-Encoding', 'br']] },
  { path: '/long', headers: [['Accept-Encoding', 'identity']] },
  { path: '/stream' },
  { path: '/stream', ...gzip },
  { path: '/fresh' },
  { path: '/fresh', headers: [['If-None-Match', '"fixed"']] },
  { path: '/redirect' },
  { path: '/redirect', headers: [['Accept', 'text/html']] },
  { path: '/empty' },
  { path: '/null' },
  { path: '/query?a=1&a=2&b=%E4%B8%AD&c=' },
  { path: '/teapot' },
  { path: '/crash' },
  { path: '/raw-response' },
  { path: '/accepts', headers: [['Accept', 'application/json']] },
  { path: '/accepts', headers: [['Accept', 'image/png']] },
  { path: '/missing' },
  { method: 'POST', path: '/long', name: 'a method that is not allowed' },
  { method: 'OPTIONS', path: '/long' },
  { method: 'HEAD', path: '/long' },
  { method: 'HEAD', path: '/stream' },
];
