import { join } from 'node:path';

import { root } from '../../support/root.ts';
import { testPython, testPythonEnv } from '../../support/python.ts';
import { httpbinExchanges } from './httpbin.ts';
import { startPlain, startPlatform } from './support/servers.ts';
import { fidelitySuite } from './support/suite.ts';

const cwd = join(root, 'test', 'apps', 'httpbin');

fidelitySuite('httpbin under gunicorn', {
  exchanges: httpbinExchanges,
  plain: async () =>
    startPlain(await testPython(), ['-m', 'gunicorn', '--bind', '127.0.0.1:{port}', 'app:app'], {
      cwd,
      env: await testPythonEnv(),
    }),
  platform: async () => startPlatform([], { cwd, env: await testPythonEnv() }),
});
