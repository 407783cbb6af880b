import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkRouteKey, chooseRoute } from '../../../../src/emulators/aws/apigateway/route-key.ts';

const routes = (...keys: string[]) => keys.map((routeKey) => ({ routeKey }));

function chosen(keys: string[], method: string, path: string): unknown {
  const found = chooseRoute(routes(...keys), method, path);
  return found && [found.route['routeKey'], found.pathParameters];
}

const PETS = ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default'];

test.each([
  // The examples of AWS.
  [PETS, 'GET', '/pets/dog/1', ['GET /pets/dog/1', {}]],
  [PETS, 'GET', '/pets/dog/2', ['GET /pets/dog/{id}', { id: '2' }]],
  [PETS, 'GET', '/pets/cat/1', ['GET /pets/{proxy+}', { proxy: 'cat/1' }]],
  [PETS, 'POST', '/test/5', ['ANY /{proxy+}', { proxy: 'test/5' }]],
  [PETS, 'GET', '/', ['$default', {}]],
  [['GET /a'], 'POST', '/a', undefined],
  [['ANY /a', 'GET /a'], 'GET', '/a', ['GET /a', {}]],
  [['ANY /a', 'GET /a'], 'PUT', '/a', ['ANY /a', {}]],
  [['GET /{x}', 'ANY /a'], 'GET', '/a', ['ANY /a', {}]],
  [['GET /{x}/b', 'GET /a/{proxy+}'], 'GET', '/a/b', ['GET /{x}/b', { x: 'a' }]],
  [['GET /shop/{proxy+}'], 'GET', '/shop', undefined],
  [['GET /shop/{proxy+}'], 'GET', '/shop/', undefined],
  [['GET /users/{id}'], 'GET', '/users/', undefined],
  [['GET /users/{id}'], 'GET', '/users/a%20b', ['GET /users/{id}', { id: 'a b' }]],
  [['ANY /ü'], 'GET', '/%C3%BC', ['ANY /ü', {}]],
])('%j takes %s %s: %j', (keys, method, path, expected) => {
  expect(chosen(keys, method, path)).toEqual(expected);
});

test.each(['GET', 'get /a', 'GET a', 'ANY /{proxy+}/x', 'ANY /{a}/{a}', 'FETCH /', 'GET /a b'])(
  '%s is no key of a route',
  (key) => expect(() => checkRouteKey(key)).toThrow(),
);

test('the order of the routes does not matter, and what says more is taken', () => {
  const segment = fc.constantFrom('a', 'b', '{x}');
  const key = fc
    .tuple(
      fc.constantFrom('GET', 'ANY', 'POST'),
      fc.array(segment, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
    )
    .map(([method, parts, greedy]) => {
      const named = parts.map((part, index) => (part === '{x}' ? `{x${index}}` : part));
      return `${method} /${[...named, ...(greedy ? ['{proxy+}'] : [])].join('/')}`;
    });
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 6 }),
      path,
      fc.constantFrom('GET', 'POST'),
      (keys, asked, method) => {
        const one = chosen(keys, method, asked) as [string, object] | undefined;
        const other = chosen(keys.toReversed(), method, asked) as typeof one;
        // Two keys whose variables alone differ in name are the same route to AWS.
        expect(other?.[0].replaceAll(/\{x\d\}/g, '{}')).toBe(one?.[0].replaceAll(/\{x\d\}/g, '{}'));
        const literal = keys.find((each) => each === `${method} ${asked}`);
        if (literal !== undefined) expect(one).toEqual([literal, {}]);
        const isGreedy = one?.[0].endsWith('{proxy+}') === true;
        const whole = keys.some(
          (each) => !each.endsWith('{proxy+}') && chosen([each], method, asked) !== undefined,
        );
        if (whole) expect(isGreedy).toBe(false);
        expect(one === undefined).toBe(keys.every((each) => chosen([each], method, asked) === undefined));
      },
    ),
  );
});
