import { describe, expect, test } from 'vitest';

import { deployOne as deploy } from './deploy-one.ts';

const FLASK = '@serverless/tencent-flask';

describe('inputs of the old framework components', () => {
  test.each(['@gosls/tencent-flask', '@serverless/tencent-flask', 'flask'])(
    'the article’s file: %s',
    async (component) => {
      const { name, fn, notes, outputs, wish } = await deploy(component, {
        region: 'ap-beijing',
        functionName: 'album',
        code: './code',
        functionConf: {
          timeout: 10,
          memorySize: 128,
          environment: { variables: { TEST: 'value', Version: 2 } },
          vpcConfig: { subnetId: '', vpcId: '' },
        },
        apigatewayConf: { protocols: ['http'], environment: 'release' },
      });
      expect(name).toBe('album');
      expect(wish).toEqual({ dir: '/code', include: [], exclude: [] });
      expect(fn).toMatchObject({
        env: { TEST: 'value', Version: '2' },
        limits: { timeout: 10, memory: 128 },
        routes: [{ path: '/*' }],
      });
      expect(notes).toEqual([
        'API Gateway was closed in 2025: the function has an address of its own in its place, which has no stage (/release) any more',
      ]);
      expect(outputs).toMatchObject({ functionName: 'album', region: 'ap-beijing', url: 'http://memory/' });
    },
  );

  test('djangoProjectName and projectName name the WSGI module', async () => {
    const inputs = { functionName: 'site', code: './code', functionConf: { memorySize: 256 } };
    const first = await deploy(
      '@serverless/tencent-django',
      { ...inputs, djangoProjectName: 'mydjango' },
      'django',
    );
    expect(first.wish['app']).toBe('mydjango.wsgi:application');
    const second = await deploy('@serverless/tencent-django', { ...inputs, projectName: 'other' }, 'django');
    expect(second.wish['app']).toBe('other.wsgi:application');
    expect(first.fn.limits).toEqual({ timeout: 3, memory: 256 });
  });

  test('nothing but a region: name made once, 3 s, 128 MB', async () => {
    const { name, fn, notes } = await deploy(FLASK, { region: 'ap-guangzhou' });
    expect(name).toBe('shop-mine');
    expect(fn.limits).toEqual({ timeout: 3, memory: 128 });
    expect(notes).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'region, several',
      { region: ['ap-guangzhou', 'ap-shanghai'] },
      'region: several mean nothing on one machine',
    ],
    [
      'runtime',
      { runtime: 'Python3.6' },
      'runtime Python3.6 no longer exists: the app runs on the Python that it runs on here',
    ],
    [
      'runtime',
      { runtime: 'Nodejs8.9' },
      'runtime Nodejs8.9 no longer exists: the app runs on the Node that it runs on here',
    ],
    ['serviceName', { serviceName: 'serverless' }, 'serviceName: services went with API Gateway'],
    ['serviceId', { serviceId: 'service-1' }, 'serviceId: the service went with API Gateway'],
    [
      'vpcConfig',
      { functionConf: { vpcConfig: { vpcId: 'vpc-1', subnetId: 'subnet-1' } } },
      'vpcConfig: there is no private network on this machine; what it leads to is reached as from any program here',
    ],
    [
      'memorySize',
      { functionConf: { memorySize: 64 } },
      'memorySize 64: here a process has at least 128 MB, since all that it shares with others counts, too',
    ],
    ['role', { role: 'QCS_SCFExcuteRole' }, 'role: roles belong to a cloud and mean nothing here'],
    ['tags', { tags: { team: 'web' } }, 'tags: tags belong to a cloud and mean nothing here'],
    [
      'src.bucket',
      { src: { src: './code', bucket: 'b', object: 'o' } },
      'bucket: code is not uploaded to object storage here',
    ],
    [
      'protocols',
      { apigatewayConf: { protocols: ['http', 'https'] } },
      'protocols: https is for the server in front of this machine; here it is http',
    ],
    [
      'usagePlan',
      { apigatewayConf: { usagePlan: { usagePlanId: '1' } } },
      'usagePlan: plans of use went with API Gateway: nobody counts requests any more',
    ],
    [
      'auth',
      { apigatewayConf: { auth: { secretName: 'secret' } } },
      'auth: keys of API Gateway went with it: anyone who reaches the address may call it',
    ],
    [
      'serviceTimeout',
      { functionConf: { timeout: 20 }, apigatewayConf: { serviceTimeout: 15 } },
      "serviceTimeout: requests have the function's 20 s, not 15",
    ],
    ['unknown', { functionKonf: {} }, 'functionKonf: this input is not known and does nothing'],
  ])('%s means something else today, and that is told', async (_, inputs, note) => {
    expect((await deploy(FLASK, inputs)).notes).toContain(note);
  });

  test.each<[string, Record<string, unknown>]>([
    ['runtime', { runtime: 'Python3.10' }],
    ['empty ids', { functionConf: { vpcConfig: { vpcId: '', subnetId: '' } } }],
    ['nothing behind the keys', { functionConf: null, layers: null, role: '', tags: {}, include: null }],
  ])('%s needs no word', async (_, inputs) => {
    expect((await deploy(FLASK, inputs)).notes).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['code', { code: './code' }, { dir: '/code' }],
    ['src', { src: './dist' }, { dir: '/dist' }],
    [
      'src.src and src.exclude',
      { src: { src: './dist', exclude: ['*.md'] } },
      { dir: '/dist', exclude: ['*.md'] },
    ],
    ['include', { include: ['./extra.txt'] }, { include: ['./extra.txt'] }],
    ['include, one', { include: './extra.txt' }, { include: ['./extra.txt'] }],
    ['exclude', { exclude: ['tests/**'] }, { exclude: ['tests/**'] }],
    ['entry', { entry: 'main.py' }, { app: 'main.py' }],
    ['entryFile', { entryFile: 'sls.js' }, { app: 'sls.js' }],
  ])('%s', async (_, inputs, wish) => {
    expect((await deploy(FLASK, inputs)).wish).toMatchObject(wish);
  });

  test('enableCORS', async () => {
    const { fn } = await deploy(FLASK, { apigatewayConf: { enableCORS: 'TRUE' } });
    expect(fn.routes).toEqual([{ path: '/*', cors: true }]);
  });

  test('customDomain', async () => {
    const { fn } = await deploy(FLASK, {
      apigatewayConf: { customDomain: [{ domain: 'shop.example.com' }, 'b.example.com'] },
    });
    expect(fn.routes).toEqual([
      { host: 'shop.example.com', path: '/*' },
      { host: 'b.example.com', path: '/*' },
    ]);
  });

  test('layers that no component makes', async () => {
    await expect(deploy(FLASK, { layers: [{ name: 'deps', version: 1 }] })).rejects.toMatchObject({
      code: 'NO_SUCH_LAYER',
    });
  });

  test.each([
    ['@serverless/tencent-express', 'express'],
    ['@serverless/tencent-koa', 'koa'],
  ])('%s', async (component, framework) => {
    const { name } = await deploy(
      component,
      { functionName: 'web', code: './code', runtime: 'Nodejs10.15' },
      framework,
    );
    expect(name).toBe('web');
  });

  test.each<[Record<string, unknown>, string, string, string]>([
    [{ functionConf: { memorySize: 'much' } }, 'functionConf.memorySize', 'a whole number', '"much"'],
    [{ functionConf: 3 }, 'functionConf', 'a mapping', '3'],
    [
      { functionConf: { environment: { variables: 3 } } },
      'functionConf.environment.variables',
      'names with texts, numbers, true or false',
      '3',
    ],
    [{ exclude: 3 }, 'exclude', 'a text, or a list of texts', '3'],
    [
      { apigatewayConf: { enableCORS: 'perhaps' } },
      'apigatewayConf.enableCORS',
      'true or false',
      '"perhaps"',
    ],
    [{ djangoProjectName: 3 }, 'djangoProjectName', 'a text', '3'],
    [{ functionName: '' }, 'functionName', 'a text with something in it', '""'],
  ])('what cannot be is refused: %j', async (inputs, path, expected, got) => {
    await expect(deploy(FLASK, inputs)).rejects.toMatchObject({
      code: 'INPUTS',
      message: `shop.yml:mine.${path}: the input \`${path}\` of \`mine\` is not valid.`,
      expected,
      got,
    });
  });

  const conf = (inputs: object): Record<string, unknown> => ({ functionConf: inputs });
  const gateway = (inputs: object): Record<string, unknown> => ({ apigatewayConf: inputs });

  // Each input of the table once; usagePlan, auth and tags may be anything, since nothing reads them any more.
  test.each<[path: string, inputs: Record<string, unknown>, expected: string]>([
    ['region', { region: 3 }, 'a text, or a list of texts'],
    ['functionName', { functionName: 3 }, 'a text'],
    ['name', { name: 3 }, 'a text'],
    ['runtime', { runtime: 3 }, 'a text'],
    ['code', { code: 3 }, 'a text'],
    ['src', { src: 3 }, 'a folder, or `src` and `exclude`'],
    ['include', { include: 3 }, 'a text, or a list of texts'],
    ['exclude', { exclude: { a: 3 } }, 'a text, or a list of texts'],
    ['entry', { entry: 3 }, 'a text'],
    ['entryFile', { entryFile: 3 }, 'a text'],
    ['djangoProjectName', { djangoProjectName: 3 }, 'a text'],
    ['projectName', { projectName: 3 }, 'a text'],
    ['serviceName', { serviceName: 3 }, 'a text'],
    ['serviceId', { serviceId: 3 }, 'a text'],
    ['functionConf', { functionConf: 3 }, 'a mapping'],
    ['functionConf.timeout', conf({ timeout: 'x' }), 'a whole number'],
    ['functionConf.memorySize', conf({ memorySize: 1.5 }), 'a whole number'],
    ['functionConf.environment', conf({ environment: 3 }), 'a mapping'],
    [
      'functionConf.environment.variables',
      conf({ environment: { variables: 3 } }),
      'names with texts, numbers, true or false',
    ],
    ['functionConf.vpcConfig', conf({ vpcConfig: 3 }), 'a mapping'],
    ['functionConf.vpcConfig.vpcId', conf({ vpcConfig: { vpcId: 3 } }), 'a text'],
    ['functionConf.vpcConfig.subnetId', conf({ vpcConfig: { subnetId: 3 } }), 'a text'],
    ['apigatewayConf', { apigatewayConf: 3 }, 'a mapping'],
    ['apigatewayConf.protocols', gateway({ protocols: 3 }), 'a text, or a list of texts'],
    ['apigatewayConf.environment', gateway({ environment: 3 }), 'a text'],
    ['apigatewayConf.customDomain', gateway({ customDomain: 3 }), 'a list of domains'],
    ['apigatewayConf.enableCORS', gateway({ enableCORS: 'perhaps' }), 'true or false'],
    ['apigatewayConf.serviceTimeout', gateway({ serviceTimeout: 'x' }), 'a whole number'],
    ['layers', { layers: 3 }, 'a list of layers: name and version'],
    ['role', { role: 3 }, 'a text'],
  ])('%s that cannot be', async (path, inputs, expected) => {
    await expect(deploy(FLASK, inputs)).rejects.toMatchObject({
      code: 'INPUTS',
      message: `shop.yml:mine.${path}: the input \`${path}\` of \`mine\` is not valid.`,
      expected,
    });
  });

  test('another framework than the component is for', async () => {
    await expect(deploy(FLASK, { code: './code' }, 'django')).rejects.toMatchObject({
      code: 'OTHER_FRAMEWORK',
      fix: '`component: django`, or `component: web` for any app; or name another app in its inputs',
    });
  });
});

describe('the merged form, component: http', () => {
  test.each(['http', 'flask'])('faas, apigw: %s', async (component) => {
    const { fn, name, notes } = await deploy(component, {
      src: './code',
      region: 'ap-guangzhou',
      faas: {
        framework: 'flask',
        runtime: 'Python3.6',
        name: 'api',
        timeout: 20,
        memorySize: 1024,
        environments: [{ key: 'A', value: 1 }],
        vpc: { vpcId: 'vpc-1' },
        tags: { a: 1 },
      },
      apigw: { protocols: ['http'], cors: true, customDomains: [{ domain: 'a.example.com' }] },
      assets: { cos: { bucket: 'b' }, cdn: { area: 'mainland' } },
    });
    expect(name).toBe('api');
    expect(fn).toMatchObject({
      env: { A: '1' },
      limits: { timeout: 20, memory: 1024 },
      routes: [{ host: 'a.example.com', path: '/*', cors: true }],
    });
    expect(notes.map((note) => note.split(/[: ]/)[0])).toEqual([
      'API',
      'cos',
      'cdn',
      'runtime',
      'vpc',
      'tags',
    ]);
  });

  test('defaults: 10 s, 512 MB; type event does not stream, web does', async () => {
    const web = await deploy('http', { faas: { framework: 'flask' } });
    expect([web.fn.limits, web.fn.stream]).toEqual([{ timeout: 10, memory: 512 }, true]);
    expect((await deploy('http', { faas: {}, type: 'event' })).fn.stream).toBe(false);
    await expect(deploy('http', { type: 'cron' })).rejects.toMatchObject({ code: 'INPUTS' });
  });
});
