import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

import { testPython, testPythonEnv } from '../../support/python.ts';
import { root } from '../../support/root.ts';
import { run } from '../../support/run.ts';
import { djangoExchanges } from './django-site.ts';
import { startPlain, startPlatform } from './support/servers.ts';
import { fidelitySuite } from './support/suite.ts';

const cwd = join(root, 'test', 'apps', 'django-site');
const folders: string[] = [];

/** Environment with a data folder of its own: a migrated database with an administrator. */
async function prepare(): Promise<NodeJS.ProcessEnv & { DATA_DIR: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-django-'));
  folders.push(folder);
  const env = { ...(await testPythonEnv()), DATA_DIR: folder };
  const python = await testPython();
  await run(python, ['manage.py', 'migrate', '--verbosity', '0'], { cwd, env });
  await run(
    python,
    ['manage.py', 'createsuperuser', '--noinput', '--username', 'admin', '--email', 'admin@example.com'],
    {
      cwd,
      env: { ...env, DJANGO_SUPERUSER_PASSWORD: 'secret' },
    },
  );
  return env;
}

fidelitySuite('Django with admin, static files and uploads', {
  exchanges: djangoExchanges,
  plain: async () =>
    startPlain(await testPython(), ['-m', 'gunicorn', '--bind', '127.0.0.1:{port}', 'site_config.wsgi'], {
      cwd,
      env: await prepare(),
    }),
  platform: async () => {
    const env = await prepare();
    return startPlatform(['--env', `DATA_DIR=${env.DATA_DIR}`], { cwd, env });
  },
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
