import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ACTIONS } from '../../src/providers/aws/actions.ts';
import { checkDeployment, wantedConfiguration } from '../../src/providers/aws/configuration.ts';
import { canStream } from '../../src/providers/aws/function-url.ts';
import { keysOf, routesOfKeys } from '../../src/providers/aws/gateway-routes.ts';
import {
  descriptionOf,
  labelsOfDescription,
  labelsOfTags,
  tagChanges,
  tagsOf,
} from '../../src/providers/aws/labels.ts';
import { roleName, siteBucket } from '../../src/providers/aws/names.ts';
import { corsOf, corsText, ownRoute } from '../../src/providers/aws/routes.ts';
import { siteAddress } from '../../src/providers/aws/site-address.ts';
import type { CloudFunction, FunctionDeployment } from '../../src/providers/types.ts';
import { root } from '../support/root.ts';

const folder = join(root, 'src/providers/aws');

describe('permissions', () => {
  const policy = JSON.parse(readFileSync(join(folder, 'policy.json'), 'utf8')) as {
    Statement: { Action: string | string[] }[];
  };
  const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
  const needed = new Set(Object.values(ACTIONS).flatMap((operations) => Object.values(operations).flat()));

  test('the policy allows just what is called', () => {
    expect(allowed).toEqual(needed);
  });

  test('every operation that the source calls is listed, and none beside', () => {
    const source = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && name !== 'actions.ts')
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const listed = Object.values(ACTIONS).flatMap((operations) => Object.keys(operations));
    const unused = listed.filter((name) => !source.includes(`.${name[0]!.toLowerCase()}${name.slice(1)}(`));
    expect(unused).toEqual([]);
  });

  test('the page on AWS shows the policy as it is', () => {
    const page = readFileSync(join(root, 'docs/aws.md'), 'utf8');
    const [, shown = ''] = /```json\n(\{\n {2}"Version"[\s\S]*?)```/.exec(page) ?? [];
    expect(JSON.parse(shown)).toEqual(policy);
  });

  test('prices have a source and a date', () => {
    const { prices } = JSON.parse(readFileSync(join(folder, 'prices.json'), 'utf8')) as {
      prices: Record<string, unknown>[];
    };
    for (const price of prices) {
      expect(price).toMatchObject({
        price: expect.any(Number) as number,
        source: expect.stringMatching(/^https:/) as string,
        asOf: expect.any(String) as string,
      });
    }
  });
});

describe('labels', () => {
  const owner = { project: 'shop', stage: 'dev', component: 'api' };

  test('whose it is stands in tags, what is of a version in its description', () => {
    const labels = { ...owner, deployment: 'a'.repeat(64) };
    expect(tagsOf(labels, { team: 'web' })).toEqual({
      team: 'web',
      'ropeway:project': 'shop',
      'ropeway:stage': 'dev',
      'ropeway:component': 'api',
    });
    expect(descriptionOf(labels, 'The shop')).toBe(`The shop [ropeway deployment=${'a'.repeat(64)}]`);
    expect(labelsOfDescription(descriptionOf(labels, 'The shop'))).toEqual({ deployment: 'a'.repeat(64) });
    expect(labelsOfDescription('made by hand')).toEqual({});
    expect(descriptionOf(owner, 'plain')).toBe('plain');
  });

  test('any labels come back, within what AWS takes', () => {
    const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ maxLength, unit: 'grapheme' });
    fc.assert(
      fc.property(
        text(20),
        text(12),
        text(4),
        fc.string({ maxLength: 400 }),
        (project, deployment, other, description) => {
          const labels = { ...owner, project, deployment, other };
          const tags = tagsOf(labels);
          for (const value of Object.values(tags)) expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
          let written: string;
          try {
            written = descriptionOf(labels, description);
          } catch (error) {
            expect(error).toMatchObject({ code: 'LABELS_TOO_LONG' });
            return;
          }
          expect(written.length).toBeLessThanOrEqual(256);
          expect({ ...labelsOfTags(tags), ...labelsOfDescription(written) }).toEqual(labels);
        },
      ),
    );
  });

  test("others' tags stay, ours go when they are not wanted any more", () => {
    const before = { team: 'web', 'ropeway:stage': 'dev', 'ropeway:old': 'x' };
    expect(tagChanges(before, { 'ropeway:stage': 'prod', cost: '1' })).toEqual({
      set: { 'ropeway:stage': 'prod', cost: '1' },
      remove: ['ropeway:old'],
    });
  });
});

describe('names', () => {
  const account = { id: '123456789012', partition: 'aws', region: 'eu-central-1' };

  test('a bucket has a name that S3 takes, another one for every site', () => {
    const names = ['pages', 'Pages', 'pa_ges', 'pa-ges', 'x'.repeat(64), `${'x'.repeat(63)}y`];
    const buckets = names.map((name) => siteBucket(name, account));
    expect(new Set(buckets).size).toBe(names.length);
    for (const bucket of buckets) expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    expect(buckets[0]).toBe('pages-123456789012');
  });

  test('a role has a name that IAM takes, another one for every function and region', () => {
    const long = 'f'.repeat(64);
    const roles = [roleName('f', 'eu-west-1'), roleName(long, 'eu-west-1'), roleName(long, 'eu-west-2')];
    expect(new Set(roles).size).toBe(3);
    for (const role of roles) expect(role.length).toBeLessThanOrEqual(64);
  });

  test('a site is where S3 has websites in its region', async () => {
    const at = (region: string): Promise<string> =>
      siteAddress({ region, endpoint: undefined } as never, { Bucket: 'b', ExpectedBucketOwner: '1' });
    expect(await at('us-east-1')).toBe('http://b.s3-website-us-east-1.amazonaws.com/');
    expect(await at('eu-central-1')).toBe('http://b.s3-website.eu-central-1.amazonaws.com/');
    expect(await at('cn-north-1')).toBe('http://b.s3-website.cn-north-1.amazonaws.com.cn/');
  });
});

describe('routes', () => {
  test.each([
    [{ path: '/*' }, ['$default']],
    [{ path: '/shop/*' }, ['ANY /shop', 'ANY /shop/{proxy+}']],
    [{ path: '/*', methods: ['GET'] }, ['GET /', 'GET /{proxy+}']],
    [{ path: '/v1/x', stage: 'v1', methods: ['GET', 'PUT'] }, ['GET /x', 'PUT /x']],
    [{ path: '/v1/*', stage: 'v1' }, ['$default']],
  ])('%j is %j', (route, keys) => {
    expect(keysOf(route)).toEqual(keys);
    expect(routesOfKeys(keys, 'stage' in route ? route.stage : '')).toEqual([route]);
  });

  test('keys of several routes are told apart again', () => {
    const routes = [{ path: '/a/*' }, { path: '/a/b' }, { path: '/', methods: ['GET'] }];
    expect(
      routesOfKeys(
        routes.flatMap((route) => keysOf(route)),
        '',
      ),
    ).toEqual(routes);
  });

  test('what a function or site cannot have of its own is said to be a gateway’s', () => {
    expect(ownRoute('function', 'shop', [])).toBeUndefined();
    expect(ownRoute('function', 'shop', [{ path: '/*', cors: true }])).toEqual({ path: '/*', cors: true });
    for (const route of [
      { path: '/shop/*' },
      { path: '/*', host: 'a.example' },
      { path: '/*', methods: ['GET'] },
    ]) {
      expect(() => ownRoute('function', 'shop', [route])).toThrow(
        expect.objectContaining({ code: 'ROUTE_NEEDS_GATEWAY' }) as Error,
      );
    }
  });

  test('CORS may be said in our words or in those of AWS, and nothing else', () => {
    expect(corsOf(true)).toEqual({ AllowOrigins: ['*'], AllowMethods: ['*'], AllowHeaders: ['*'] });
    expect(corsOf({ allowOrigins: ['a'], MaxAge: 5 })).toEqual({ AllowOrigins: ['a'], MaxAge: 5 });
    expect(corsOf(false)).toBeUndefined();
    expect(() => corsOf({ origins: ['*'] })).toThrow(expect.objectContaining({ code: 'INPUTS' }) as Error);
    expect(corsText({ AllowMethods: ['B', 'A'], MaxAge: 0, AllowCredentials: false, AllowHeaders: [] })).toBe(
      corsText({ AllowMethods: ['A', 'B'] }),
    );
    expect(corsText({})).toBe('');
  });
});

describe('configuration', () => {
  const cloud: CloudFunction = {
    type: 'event',
    runtime: 'python3.12',
    handler: 'ropeway_handler.handler',
    arch: 'x64',
    settings: {},
  };
  const deployment: FunctionDeployment = {
    name: 'shop',
    entry: {
      runtime: 'python',
      interface: 'wsgi',
      root: '.',
      from: { module: 'app', attribute: 'app', factory: false },
      env: {},
    },
    code: { file: '/x.zip', digest: 'd' },
    layers: [],
    env: { A: '1' },
    limits: {},
    stream: true,
    warmup: [],
    labels: {},
    cloud,
  };
  const adapter = 'arn:aws:lambda:eu-central-1:753240598075:layer:LambdaAdapterLayerX86:25';

  test('has defaults that an app can live with, and ids that are empty are none', () => {
    const settings = { vpc: { id: '', subnets: ['', 's-2', 's-1'], securityGroups: [''] } };
    expect(
      wantedConfiguration({ ...deployment, cloud: { ...cloud, settings } }, 'role', ['layer']),
    ).toMatchObject({
      Role: 'role',
      Runtime: 'python3.12',
      MemorySize: 512,
      Timeout: 30,
      EphemeralStorage: { Size: 512 },
      Environment: { Variables: { A: '1' } },
      Layers: ['layer'],
      VpcConfig: { SubnetIds: ['s-1', 's-2'], SecurityGroupIds: [] },
      SnapStart: { ApplyOn: 'None' },
    });
  });

  test.each([
    ['nodejs20', 'nodejs20.x'],
    ['custom', 'provided.al2023'],
    ['python3.13', 'python3.13'],
  ])('the runtime %s is %s', (runtime, expected) => {
    expect(wantedConfiguration({ ...deployment, cloud: { ...cloud, runtime } }, '', []).Runtime).toBe(
      expected,
    );
  });

  test('a program that listens is refused, unless the Lambda Web Adapter stands before it', () => {
    const web: FunctionDeployment = {
      ...deployment,
      entry: { runtime: 'command', root: '.', command: './run' },
      cloud: { ...cloud, type: 'web', handler: 'run.sh' },
    };
    expect(() => checkDeployment(web)).toThrow(
      expect.objectContaining({
        code: 'WEB_FUNCTION',
        fix: expect.stringContaining('Lambda Web Adapter') as string,
      }) as Error,
    );
    const settings = { layers: [adapter] };
    const adapted = { ...web, cloud: { ...web.cloud!, settings } };
    checkDeployment(adapted);
    expect(wantedConfiguration(adapted, '', settings.layers).Environment.Variables).toEqual({
      A: '1',
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/bootstrap',
      AWS_LWA_INVOKE_MODE: 'response_stream',
      AWS_LWA_PORT: '8080',
      PORT: '8080',
    });
  });

  test.each([
    [
      'SnapStart before Python 3.12',
      { ...deployment, cloud: { ...cloud, runtime: 'python3.11', settings: { snapStart: true } } },
    ],
    [
      'SnapStart with instances that are kept',
      { ...deployment, limits: { minInstances: 1 }, cloud: { ...cloud, settings: { snapStart: true } } },
    ],
    [
      'six layers',
      { ...deployment, cloud: { ...cloud, settings: { layers: ['1', '2', '3', '4', '5', '6'] } } },
    ],
  ])('%s is refused before anything is made', (_, wrong) => {
    expect(() => checkDeployment(wrong)).toThrow(expect.objectContaining({ code: 'INPUTS' }) as Error);
  });

  test('only what can answer in parts is asked to', () => {
    expect(canStream(deployment)).toBe(false);
    const streaming = { ...deployment, cloud: { ...cloud, handler: 'ropeway_handler.stream_handler' } };
    expect(canStream(streaming)).toBe(true);
    expect(canStream({ ...streaming, stream: false })).toBe(false);
    expect(canStream({ ...deployment, entry: { runtime: 'command', root: '.', command: './run' } })).toBe(
      true,
    );
  });
});
