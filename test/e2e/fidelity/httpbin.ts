import { bytes, form, json, multipart } from './support/bodies.ts';
import type { Exchange } from './support/types.ts';

const echo: Pick<Exchange, 'except'> = { except: ['gateway-headers'] };
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const echoes: Exchange[] = [
  { path: '/get', ...echo },
  { name: 'repeated and empty query parameters', path: '/get?a=1&b=&a=2&c&a=3', ...echo },
  {
    name: 'a percent-encoded query',
    path: '/get?q=%E4%B8%AD%E6%96%87&plus=a+b&slash=%2F&percent=100%25',
    ...echo,
  },
  { name: 'a query with characters that need no encoding', path: "/get?x=a:b@c/d?e!$'()*,;~", ...echo },
  { name: 'a unicode path', path: '/anything/%E4%B8%AD%E6%96%87/caf%C3%A9', ...echo },
  { name: 'encoded slashes and blanks in the path', path: '/anything/a%2Fb/c%20d/e%25f', ...echo },
  { name: 'doubled slashes and dots in the path', path: '/anything//a/./b', ...echo },
  {
    path: '/headers',
    headers: [
      ['X-Custom', 'value'],
      ['Accept-Language', 'zh-CN,zh;q=0.9'],
    ],
    ...echo,
  },
  { path: '/ip' },
  { path: '/user-agent', headers: [['User-Agent', 'fidelity/1.0']] },
  ...methods.map((method) => ({ method, path: '/anything?via=method', except: echo.except })),
  { ...form('a=1&b=two&a=3'), method: 'PUT', path: '/put', ...echo },
  { ...form('a=1&b=two&a=3'), method: 'PATCH', path: '/patch', ...echo },
  { ...form('a=1&b=two&a=3'), method: 'DELETE', path: '/delete', ...echo },
  { method: 'TRACE', path: '/anything', ...echo },
];

const bodies: Exchange[] = [
  { name: 'JSON', path: '/post', ...json({ text: '中文', list: [1, 2.5, null] }), ...echo },
  { name: 'a form with percent-encoding', path: '/post', ...form('name=%E5%BC%A0&and=a%26b+c'), ...echo },
  {
    name: 'multipart with text and files',
    path: '/post',
    ...multipart([
      { name: 'title', value: '标题' },
      { name: 'note', value: 'a\r\nb', filename: '说明.txt', type: 'text/plain' },
      { name: 'data', value: bytes(3000), filename: 'data.bin', type: 'application/octet-stream' },
    ]),
    ...echo,
  },
  {
    name: 'binary',
    method: 'POST',
    path: '/post',
    headers: [['Content-Type', 'application/octet-stream']],
    body: bytes(2048),
    ...echo,
  },
  { name: 'a body without a type', method: 'PUT', path: '/put', body: 'plain', ...echo },
  {
    name: 'an empty body',
    method: 'POST',
    path: '/post',
    headers: [['Content-Type', 'text/plain']],
    body: '',
    ...echo,
  },
  {
    name: '1 MB',
    method: 'POST',
    path: '/post',
    headers: [['Content-Type', 'text/plain']],
    body: 'x'.repeat(1 << 20),
    ...echo,
  },
  {
    name: 'a chunked upload',
    path: '/post',
    ...form('a=1&b=2'),
    chunked: true,
    except: ['gateway-headers', 'chunked-upload'],
  },
];

const encodings: Exchange[] = [
  { path: '/gzip', headers: [['Accept-Encoding', 'gzip']], ...echo },
  { path: '/deflate', headers: [['Accept-Encoding', 'deflate']], ...echo },
  { path: '/brotli', headers: [['Accept-Encoding', 'br']], ...echo },
  { path: '/encoding/utf8' },
  { path: '/html' },
  { path: '/json' },
  { path: '/xml' },
  { path: '/robots.txt' },
  { path: '/deny' },
  { path: '/forms/post' },
  { path: '/base64/5L2g5aW9' },
  { path: '/' },
  { path: '/legacy' },
];

const images: Exchange[] = [
  ...['png', 'jpeg', 'webp', 'svg'].map((type) => ({ path: `/image/${type}` })),
  { path: '/image', headers: [['Accept', 'image/webp']] },
  { name: 'an image that cannot be accepted', path: '/image', headers: [['Accept', 'text/plain']] },
  { path: '/static/favicon.ico', except: ['timestamps'] },
];

const streams: Exchange[] = [
  { path: '/bytes/5000?seed=7' },
  { path: '/bytes/0' },
  { path: '/stream/5', ...echo },
  { path: '/stream-bytes/4000?seed=3&chunk_size=512' },
  { path: '/drip?duration=0.2&numbytes=8&delay=0&code=203' },
  { path: '/delay/0', ...echo },
  { path: '/range/2000' },
  { path: '/range/2000', headers: [['Range', 'bytes=100-199']] },
  { path: '/range/2000', headers: [['Range', 'bytes=-50']], name: 'a range from the end' },
  { path: '/range/2000', headers: [['Range', 'bytes=1990-']], name: 'a range to the end' },
  { path: '/range/2000', headers: [['Range', 'bytes=3000-4000']], name: 'a range that cannot be satisfied' },
  { path: '/links/10/2' },
];

const cookies: Exchange[] = [
  { path: '/cookies/set?one=1&two=zwei' },
  { path: '/cookies' },
  { path: '/cookies/set/three/drei' },
  { path: '/cookies/delete?one' },
  { path: '/cookies' },
  { name: 'a cookie with odd characters', path: '/cookies', headers: [['Cookie', 'odd="a b"; eq=x=y']] },
  { name: 'no cookies any more', path: '/cookies/delete?two=&three=' },
];

const redirects: Exchange[] = [
  { path: '/redirect/2' },
  { path: '/redirect/3?absolute=true' },
  { path: '/relative-redirect/2' },
  { path: '/absolute-redirect/2' },
  { path: '/redirect-to?url=%2Fget%3Fa%3D1&status_code=307' },
  { path: '/redirect-to', ...form('url=https%3A%2F%2Fexample.com%2F&status_code=308') },
];

const statuses: Exchange[] = [
  ...[
    200, 201, 202, 204, 205, 206, 300, 301, 302, 304, 400, 401, 402, 403, 404, 406, 407, 410, 418, 429, 500,
    502, 503, 504,
  ].map((code) => ({ path: `/status/${code}` })),
  { method: 'POST', path: '/status/409' },
  { path: '/status/abc', name: 'a malformed status' },
  { path: '/no/such/page' },
  { method: 'POST', path: '/get', except: ['random-order'], name: 'a method that is not allowed' },
  { method: 'GET', path: '/anything-not' },
];

const authorization: Exchange[] = [
  { path: '/basic-auth/user/pass' },
  {
    path: '/basic-auth/user/pass',
    headers: [['Authorization', 'Basic dXNlcjpwYXNz']],
    name: 'basic auth with the password',
  },
  { path: '/hidden-basic-auth/user/pass' },
  { path: '/bearer' },
  { path: '/bearer', headers: [['Authorization', 'Bearer token']], name: 'bearer with a token' },
  { path: '/digest-auth/auth/user/pass', except: ['random-values'] },
];

const caches: Exchange[] = [
  { path: '/cache', except: ['gateway-headers', 'timestamps', 'random-values'] },
  { path: '/cache', headers: [['If-None-Match', 'anything']], name: 'a cached answer' },
  {
    path: '/cache',
    headers: [['If-Modified-Since', 'Wed, 01 Jan 2025 00:00:00 GMT']],
    name: 'a cached answer by date',
  },
  { path: '/cache/60', ...echo },
  { path: '/etag/tag', ...echo },
  { path: '/etag/tag', headers: [['If-None-Match', '"tag"']], name: 'a matching ETag' },
  { path: '/etag/tag', headers: [['If-Match', '"other"']], name: 'an ETag that does not match' },
  { path: '/response-headers?X-One=1&X-Two=a&X-Two=b&X-Three=3', except: ['joined-headers'] },
  { path: '/response-headers?Set-Cookie=a%3D1&Set-Cookie=b%3D2', name: 'repeated Set-Cookie' },
  { path: '/uuid', except: ['random-values'] },
];

const preflight: Exchange[] = [
  { method: 'HEAD', path: '/get', ...echo },
  { method: 'HEAD', path: '/image/png' },
  { method: 'HEAD', path: '/status/404' },
  { method: 'HEAD', path: '/stream-bytes/100?seed=1' },
  { method: 'OPTIONS', path: '/post', except: ['random-order'] },
  {
    method: 'OPTIONS',
    path: '/anything',
    headers: [
      ['Origin', 'https://example.com'],
      ['Access-Control-Request-Headers', 'x-custom'],
    ],
    except: ['random-order'],
    name: 'a CORS preflight',
  },
];

/** With what an event format cannot carry set aside. */
export function httpbinExchanges(format: string): Exchange[] {
  if (format === 'aws-v2') return all;
  return all.map((exchange) =>
    Object.assign({}, exchange, { except: [...(exchange.except ?? []), 'query-spelling'] }),
  );
}

const all: Exchange[] = [
  ...echoes,
  ...bodies,
  ...encodings,
  ...images,
  ...streams,
  ...cookies,
  ...redirects,
  ...statuses,
  ...authorization,
  ...caches,
  ...preflight,
];
