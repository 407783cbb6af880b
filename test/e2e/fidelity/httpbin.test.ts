import { join } from 'node:path';

import { root } from '../../support/root.ts';
import { testPython, testPythonEnv } from '../../support/python.ts';
import { httpbinExchanges } from './httpbin.ts';
import { startPlain, startPlatform } from './support/servers.ts';
import { fidelitySuite } from './support/suite.ts';

const cwd = join(root, 'test', 'apps', 'httpbin');

for (const format of ['aws-v2', 'tencent-apigw', 'tencent-url']) {
  fidelitySuite(`httpbin under gunicorn, and with ${format} events`, {
    exchanges: httpbinExchanges(format),
    plain: async () =>
      startPlain(await testPython(), ['-m', 'gunicorn', '--bind', '127.0.0.1:{port}', 'app:app'], {
        cwd,
        env: await testPythonEnv(),
      }),
    // Named, since the app itself is in an installed package and its file says nothing of Flask.
    platform: async () =>
      startPlatform(['--app', 'app:app', '--events', format], { cwd, env: await testPythonEnv() }),
  });
}
