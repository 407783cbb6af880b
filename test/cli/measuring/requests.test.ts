import { afterEach, describe, expect, it } from 'vitest';

import { asHttpRequest, requestsToMeasure } from '../../../src/cli/measuring/requests.ts';
import { fixedPart, isPlainPath, routeOf } from '../../../src/cli/measuring/route-of.ts';
import { appFolder } from '../../support/command.ts';

const route = (path: string, methods: string[] = ['GET']): { path: string; methods: string[] } => ({
  path,
  methods,
});

let app: ReturnType<typeof appFolder> | undefined;
afterEach(() => app?.remove());

describe('the route of a request', () => {
  it.each([
    ['/hello/<name>', '/hello/Ada', '/hello/a/b'],
    ['/users/<int:id>/edit', '/users/7/edit', '/users/7'],
    ['/files/<path:name>', '/files/a/b.txt', '/file/a'],
    ['/hello/{name}', '/hello/%E5%BC%A0', '/hello/a/b'],
    ['/files/{rest:path}', '/files/a/b', '/files'],
    ['/users/:id', '/users/7', '/users/7/x'],
    ['/users/:id(\\d+)', '/users/7', '/user/7'],
    ['/all/*', '/all/a/b', '/alle'],
    ['/all/{*rest}', '/all/a/b', '/alle'],
    ['/hello/(?P<name>[a-z]+)/$', '/hello/ada/', '/hello/ada'],
    ['/a.b', '/a.b', '/axb'],
  ])('%s takes %s, not %s', (pattern, taken, other) => {
    expect(routeOf([route(pattern)], 'GET', taken)?.path).toBe(pattern);
    expect(routeOf([route(pattern)], 'GET', other)).toBeUndefined();
  });

  it('goes by the method, and by the order of routes', () => {
    const routes = [route('/x', ['POST']), route('/x', []), route('/<any>', ['ANY'])];
    expect(routeOf(routes, 'POST', '/x')).toBe(routes[0]);
    expect(routeOf(routes, 'GET', '/x')).toBe(routes[1]);
    expect(routeOf(routes, 'PUT', '/y')).toBe(routes[2]);
    expect(routeOf([route('/(broken', [])], 'GET', '/(broken')).toBeDefined();
    expect(routeOf(null, 'GET', '/x')).toBeUndefined();
  });

  it('has a fixed part', () => {
    expect(fixedPart('/hello/<name>/x')).toBe('/hello');
    expect(fixedPart('/:id')).toBe('');
    expect(fixedPart('/jieba')).toBe('/jieba');
    expect([isPlainPath('/a/b-c.d/'), isPlainPath('/a/<b>'), isPlainPath('/^x$')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('what an app is measured with', () => {
  const REQUESTS = `@host = http://localhost:5000

### Hello
# @expect status 200
POST {{host}}/hello?x=1
Content-Type: text/plain

Ada

### Hello
GET {{host}}/hello

### Another host
GET https://example.com/

### Needs an answer
GET {{host}}/me?token={{login.response.body.$.token}}
`;

  it('is what requests.http says and can be sent by itself', async () => {
    app = appFolder({ 'requests.http': REQUESTS });
    const { requests, notes } = await requestsToMeasure(app.dir, [route('/hello', [])]);
    expect(requests.map(({ name, method, path, route: taken }) => [name, method, path, taken])).toEqual([
      ['Hello', 'POST', '/hello?x=1', '/hello'],
      ['Hello (2)', 'GET', '/hello', '/hello'],
    ]);
    expect(notes).toEqual([
      'Another host goes to another host: left out',
      expect.stringMatching(/^Needs an answer is left out: .*login\.response/),
    ]);
    expect(asHttpRequest(requests[0]!, 'id')).toMatchObject({
      method: 'POST',
      path: '/hello',
      query: 'x=1',
      body: Buffer.from('Ada'),
      headers: [
        ['Host', 'localhost'],
        ['Accept', '*/*'],
        ['Content-Type', 'text/plain'],
        ['Content-Length', '3'],
      ],
    });
  });

  it('is else the routes with GET that have no parameters', async () => {
    app = appFolder({});
    const routes = [
      route('/'),
      route('/a'),
      route('/a'),
      route('/b', ['POST']),
      route('/<x>'),
      route('/any', []),
    ];
    const { requests } = await requestsToMeasure(app.dir, routes);
    expect(requests.map(({ name }) => name)).toEqual(['GET /', 'GET /a', 'GET /any']);
    await expect(requestsToMeasure(app.dir, null)).rejects.toMatchObject({ code: 'NO_REQUESTS' });
    await expect(requestsToMeasure(app.dir, routes, `${app.dir}/no.http`)).rejects.toMatchObject({
      code: 'NO_REQUESTS',
    });
  });
});
