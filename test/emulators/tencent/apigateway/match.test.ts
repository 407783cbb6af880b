import { expect, test } from 'vitest';

import { matchRequest } from '../../../../src/emulators/tencent/apigateway/match.ts';
import type { Api, Service } from '../../../../src/emulators/tencent/apigateway/types.ts';

function api(id: string): Api {
  const [Method = '', Path = ''] = id.split(' ');
  return { id, serviceId: 's', settings: { RequestConfig: { Path, Method } }, createdAt: 0, modifiedAt: 0 };
}

function serviceWith(...ids: string[]): Service {
  const release = { version: '1', description: '', releasedAt: 0, apis: ids.map(api) };
  return {
    id: 's',
    region: 'ap-guangzhou',
    settings: {},
    createdAt: 0,
    modifiedAt: 0,
    port: 1,
    releases: { release, test: { ...release, apis: ids.slice(0, 1).map(api) } },
    domains: [
      { name: 'api.example.com', settings: {}, isDefaultMapping: true, paths: [] },
      {
        name: 'www.example.com',
        settings: {},
        isDefaultMapping: false,
        paths: [
          { path: '/', environment: 'release' },
          { path: '/beta', environment: 'test' },
        ],
      },
    ],
  };
}

const SERVICE = serviceWith(
  'ANY /',
  'GET /users',
  'GET /users/{id}',
  'ANY /users/{id}/posts/{post}',
  'GET =/exact',
  'POST /users/me',
);

test.each<[string, string, { id: string; [name: string]: unknown }]>([
  ['GET', '/release', { id: 'ANY /', stage: 'release' }],
  ['GET', '/release/', { id: 'ANY /' }],
  ['GET', '/release/anything/below', { id: 'ANY /' }],
  ['GET', '/release/users', { id: 'GET /users' }],
  ['PUT', '/release/users', { id: 'ANY /' }],
  ['GET', '/release/usersx', { id: 'ANY /' }],
  ['GET', '/release/users/a%20b', { id: 'GET /users/{id}', pathParameters: { id: 'a b' } }],
  ['GET', '/release/users/1/more', { id: 'GET /users/{id}' }],
  ['POST', '/release/users/me', { id: 'POST /users/me' }],
  [
    'DELETE',
    '/release/users/1/posts/2',
    { id: 'ANY /users/{id}/posts/{post}', pathParameters: { id: '1', post: '2' } },
  ],
  ['GET', '/release/exact', { id: 'GET =/exact' }],
  ['GET', '/release/exact/more', { id: 'ANY /' }],
  ['GET', '/test/users', { id: 'ANY /', environment: 'test', stage: 'test' }],
])('%s %s', (method, path, { id, ...rest }: { id?: string; [name: string]: unknown }) => {
  expect(matchRequest(SERVICE, { method, path, host: '127.0.0.1' })).toMatchObject({ api: { id }, ...rest });
});

test.each([
  ['www.example.com', '/users', 'GET /users', { environment: 'release', stage: '' }],
  ['www.example.com', '/beta/users', 'ANY /', { environment: 'test', stage: 'beta' }],
  ['www.example.com', '/betatron', 'ANY /', { environment: 'release', stage: '' }],
  ['api.example.com', '/release/users', 'GET /users', { environment: 'release', stage: 'release' }],
])('at the domain %s: %s', (host, path, id, rest) => {
  expect(matchRequest(SERVICE, { method: 'GET', path, host })).toMatchObject({ api: { id }, ...rest });
});

test.each([
  ['/', "There is no api match env_mapping ''"],
  ['/prepub/users', "There is no api match env_mapping 'prepub'"],
  ['/toString/users', "There is no api match env_mapping 'toString'"],
])('%s has no environment', (path, missing) => {
  expect(matchRequest(SERVICE, { method: 'GET', path, host: 'x' })).toEqual({ missing });
});

test('no API takes it', () => {
  expect(matchRequest(serviceWith('GET /a'), { method: 'POST', path: '/release/a', host: 'x' })).toEqual({
    missing: "There is no api match uri '/a', method 'POST'",
  });
});
