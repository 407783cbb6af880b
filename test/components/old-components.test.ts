import { describe, expect, test } from 'vitest';

import { deployOne as deploy } from './deploy-one.ts';

describe('@serverless/tencent-scf', () => {
  test('a handler, with what the old file says', async () => {
    const { fn, name, wish, outputs } = await deploy('@serverless/tencent-scf', {
      name: 'worker',
      enableRoleAuth: true,
      codeUri: './code',
      handler: 'index.main_handler',
      runtime: 'Python3.10',
      region: 'ap-shanghai',
      description: 'works',
      memorySize: 64,
      timeout: 20,
      exclude: ['.git/**'],
      include: ['./extra.zip'],
      environment: { variables: { TEST: 'value' } },
      vpcConfig: { subnetId: '', vpcId: '' },
      layers: null,
    });
    expect([name, wish]).toEqual([
      'worker',
      { dir: '/code', include: ['./extra.zip'], exclude: ['.git/**'], handler: 'index.main_handler' },
    ]);
    expect(fn).toMatchObject({
      env: { TEST: 'value' },
      limits: { timeout: 20, memory: 128 },
      eventFormat: 'tencent-apigw',
    });
    expect(fn.routes).toBeUndefined();
    expect(outputs).toMatchObject({
      Name: 'worker',
      Handler: 'index.main_handler',
      Region: 'ap-shanghai',
      MemorySize: 64,
    });
  });

  test('events: endpoints are routes, others are told', async () => {
    const { fn, notes } = await deploy('@serverless/tencent-scf', {
      name: 'worker',
      codeUri: './code',
      events: [
        {
          apigw: {
            name: 'api',
            parameters: {
              environment: 'release',
              endpoints: [
                { path: '/users', method: 'POST', enableCORS: 'TRUE' },
                { path: '=/exact/{id}', method: 'ANY' },
              ],
            },
          },
        },
        { timer: { name: 'tick', parameters: { cronExpression: '*/5 * * * *', enable: true } } },
      ],
    });
    expect(fn.routes).toEqual([
      { path: '/release/users/*', stage: 'release', methods: ['POST'], cors: true },
      { path: '/release/exact/{id}', stage: 'release' },
    ]);
    expect(notes).toEqual([
      'events.apigw: API Gateway was closed in 2025; its endpoints are routes of the gateway here, below their environment',
      'events.timer: nothing here triggers it; `ropeway invoke` gives it an event',
    ]);
  });

  test('a handler that is none', async () => {
    await expect(deploy('@serverless/tencent-scf', { handler: 'index' })).rejects.toMatchObject({
      code: 'INPUTS',
      expected: 'file.function, such as index.main_handler',
    });
  });
});

describe('@serverless/tencent-apigateway', () => {
  const inputs = {
    region: 'ap-guangzhou',
    protocols: ['http', 'https'],
    serviceName: 'shop',
    environment: 'release',
    endpoints: [
      { path: '/users', method: 'POST', function: { functionName: 'users' } },
      {
        path: '/',
        method: 'ANY',
        function: { functionName: 'web', isIntegratedResponse: true },
        usagePlan: { usagePlanId: 1 },
      },
    ],
    customDomain: [{ domain: 'api.example.com' }],
  };

  test('endpoints and domains are routes to functions', async () => {
    const { target, outputs, notes } = await deploy('@serverless/tencent-apigateway', inputs);
    expect(target.gatewayRoutes).toEqual([
      { path: '/release/users/*', stage: 'release', methods: ['POST'], function: 'users' },
      { path: '/users/*', host: 'api.example.com', methods: ['POST'], function: 'users' },
      { path: '/release/*', stage: 'release', function: 'web' },
      { path: '/*', host: 'api.example.com', function: 'web' },
    ]);
    expect(outputs).toMatchObject({ serviceName: 'shop', environment: 'release', subDomain: 'memory' });
    expect(notes.map((note) => note.split(':')[0])).toEqual([
      'API Gateway was closed in 2025',
      'usagePlan',
      'https',
    ]);
  });

  test.each([
    [{ ...inputs, endpoints: [] }, 'expected at least one endpoint'.replace('expected ', '')],
    [{ ...inputs, endpoints: [{ path: 'users' }] }, 'a path that begins with /'],
  ])('what cannot be is refused', async (wrong, expected) => {
    await expect(deploy('@serverless/tencent-apigateway', wrong)).rejects.toMatchObject({
      code: 'INPUTS',
      expected,
    });
  });

  test('an endpoint without a function', async () => {
    await expect(
      deploy('@serverless/tencent-apigateway', { ...inputs, endpoints: [{ path: '/users' }] }),
    ).rejects.toMatchObject({ code: 'INPUTS', message: 'Route /release/users/* of `mine` leads nowhere.' });
  });
});

describe('files', () => {
  test('@serverless/tencent-website', async () => {
    const { target, workshop, outputs } = await deploy('@serverless/tencent-website', {
      code: { root: './', src: './dist', hook: 'npm run build', index: 'index.html', error: 'index.html' },
      region: 'ap-guangzhou',
      bucketName: 'my-bucket',
      protocol: 'http',
      env: { API_URL: 'https://api.example.com' },
      hosts: [{ host: 'www.example.com' }],
    });
    expect(workshop.ran).toEqual(['npm run build']);
    expect(target.sites.get('my-bucket')).toMatchObject({
      index: 'index.html',
      error: 'index.html',
      errorStatus: 404,
      routes: [{ host: 'www.example.com', path: '/*' }],
    });
    expect(outputs).toMatchObject({ bucket: 'my-bucket', env: { API_URL: 'https://api.example.com' } });
  });

  test('@serverless/tencent-cos: public and private', async () => {
    const inputs = { bucket: 'photos-125', region: 'ap-guangzhou', src: './dist' };
    const open = await deploy('@serverless/tencent-cos', {
      ...inputs,
      acl: { permissions: 'public-read' },
      cors: [{ id: 'a' }],
    });
    expect(open.target.sites.get('photos-125')!.routes).toEqual([{ path: '/*', cors: true }]);
    const shut = await deploy('@serverless/tencent-cos', {
      ...inputs,
      acl: { permissions: 'private' },
      tags: [{ key: 'a' }],
    });
    expect(shut.target.sites.get('photos-125')!.routes).toEqual([]);
    expect(shut.notes).toEqual([
      'acl: the bucket is private (`permissions: public-read` gives it an address)',
      'tags: tags belong to a cloud and mean nothing here',
    ]);
  });

  test('@serverless/tencent-layer', async () => {
    const { outputs } = await deploy('@serverless/tencent-layer', {
      name: 'deps',
      region: 'ap-guangzhou',
      src: './dist',
      runtimes: ['Nodejs8.9'],
      exclude: ['*.md'],
    });
    expect(outputs).toMatchObject({ name: 'deps', version: expect.stringMatching(/^[0-9a-f]{12}$/) });
  });

  test('static: an unknown input is refused with the one that is meant', async () => {
    await expect(deploy('static', { src: './dist', indx: 'a.html' })).rejects.toMatchObject({
      code: 'INPUTS',
      message: 'shop.yml:mine.indx: `mine` takes no input `indx`.',
      fix: 'did you mean `index`?',
    });
  });
});
