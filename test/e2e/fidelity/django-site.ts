import { bytes, form, multipart } from './support/bodies.ts';
import type { Exchange } from './support/types.ts';

const random: Pick<Exchange, 'except'> = { except: ['random-values', 'timestamps'] };
const gzip: Pick<Exchange, 'headers'> = { headers: [['Accept-Encoding', 'gzip']] };
const document = {
  name: 'file',
  filename: '数据.bin',
  type: 'application/octet-stream',
  value: bytes(300_000),
};
const token = { name: 'csrfmiddlewaretoken', value: '{{csrf}}' };

export const djangoExchanges: Exchange[] = [
  // Admin
  { path: '/admin/', name: 'the admin sends to the log-in' },
  { path: '/admin/login/?next=/admin/', ...random },
  {
    path: '/admin/login/',
    ...form('username=admin&password=wrong&csrfmiddlewaretoken={{csrf}}'),
    ...random,
    name: 'a wrong password',
  },
  {
    path: '/admin/login/',
    ...form('username=admin&password=secret'),
    ...random,
    name: 'a log-in without its token',
  },
  {
    path: '/admin/login/?next=/admin/',
    ...form('username=admin&password=secret&csrfmiddlewaretoken={{csrf}}'),
    ...random,
    name: 'the log-in',
  },
  { path: '/admin/', ...random, name: 'the admin, logged in' },
  { path: '/admin/files/document/', ...random },
  { path: '/admin/files/document/add/', ...random },
  {
    path: '/admin/files/document/add/',
    ...multipart([token, { name: 'title', value: '文件' }, document, { name: '_save', value: 'Save' }]),
    ...random,
    name: 'an upload in the admin',
  },
  { path: '/admin/files/document/?q=%E6%96%87', ...random, name: 'the message after it, and a search' },
  { path: '/admin/jsi18n/', ...random },
  { path: '/private' },
  // Static files
  { path: '/static/admin/css/base.css', except: ['timestamps'] },
  {
    path: '/static/admin/css/base.css',
    headers: [['Range', 'bytes=0-99']],
    except: ['timestamps'],
    name: 'a range of a static file',
  },
  { path: '/static/admin/img/icon-yes.svg', ...gzip, except: ['timestamps'] },
  { method: 'HEAD', path: '/static/files/site.css', except: ['timestamps'] },
  { path: '/static/missing.css' },
  // Forms, uploads, messages
  { path: '/', ...random },
  {
    path: '/',
    ...multipart([token, { name: 'title', value: 'second' }, document]),
    ...random,
    name: 'an upload',
  },
  { path: '/', ...random, name: 'its message, once' },
  { path: '/', ...random, name: 'and no more' },
  {
    path: '/',
    ...multipart([token, { name: 'title', value: '' }]),
    ...random,
    name: 'an upload that is rejected',
  },
  { path: '/documents/1/download' },
  { path: '/documents/99/download' },
  // Sessions
  { path: '/count', ...random },
  { path: '/count', ...random, name: 'the session is kept' },
  { path: '/admin/logout/', ...form('csrfmiddlewaretoken={{csrf}}'), ...random, name: 'the log-out' },
  { path: '/private', name: 'logged out' },
  // The request as Django sees it
  { path: '/where/a/b?x=1&x=2&y=%E4%B8%AD', headers: [['X-Custom', 'v']] },
  { path: '/where/%E4%B8%AD%E6%96%87/a%2Fb%20c' },
  { path: '/where/form', ...form('a=1&a=2&b=%E4%B8%AD') },
  { path: '/where/form', ...form('a=1'), method: 'PUT', name: 'a form with PUT' },
  {
    path: '/where/same',
    headers: [['If-None-Match', '"51037a4a37730f52c8732586d3aaa316"']],
    name: 'a matching ETag',
  },
  {
    path: '/where/long?text=' + 'abc'.repeat(200),
    ...gzip,
    except: ['random-padding'],
    name: 'a long answer, compressed',
  },
  { path: '/stream' },
  { path: '/crash' },
  { path: '/missing' },
  { path: '/admin', name: 'a slash too few' },
  { method: 'HEAD', path: '/count', ...random },
  { method: 'OPTIONS', path: '/where/x' },
];
