import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { localProvider } from '../../src/providers/local/provider.ts';
import { controlClient } from '../../src/providers/local/control-client.ts';
import { startServe } from '../support/command.ts';
import { control } from '../support/serve.ts';
import { handlerSource, tinyPackages } from '../support/tiny-packages.ts';
import { startWire } from '../support/wire.ts';
import { type Cloud, describeProvider, REFUSALS } from './contract.ts';

/** This machine: a `ropeway serve` of its own. */
async function thisMachine(): Promise<Cloud> {
  // The control socket's path has to be short.
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'rp-')));
  const state = join(top, 's');
  const serving = await startServe([], ['--state', state]);
  const socket = join(state, 'control.sock');
  const packages = tinyPackages();
  const wire = await startWire({
    socket: join(top, 'w.sock'),
    upstream: () => socket,
    nameOf: ({ method, path }) => `${method} ${path}`,
    failure: () => {
      throw new Error('it refuses nobody');
    },
  });
  const list = async (what: string): Promise<Record<string, unknown>[]> =>
    (await control(socket, 'GET', `/v1/${what}`)).body[what] as Record<string, unknown>[];
  return {
    provider: (signal) => localProvider(controlClient(wire.url, signal)),
    deployment: async ({ name, answer, env = {}, canary, broken, labels, routes = [{ path: '/*' }] }) => ({
      name,
      entry: {
        runtime: 'node',
        interface: 'handler',
        root: '.',
        file: 'ropeway_handler.js',
        attribute: 'handler',
        nodeOptions: [],
      },
      code: await packages.make({ 'ropeway_handler.js': handlerSource(answer, broken) }),
      layers: [],
      env,
      limits: { timeout: 10 },
      stream: false,
      warmup: [],
      routes,
      labels: labels ?? { project: 'shop', stage: 'dev', component: name, deployment: answer },
      ...(canary === undefined ? {} : { canary }),
    }),
    site: async (name, files) => ({
      name,
      package: await packages.make(files),
      index: 'index.html',
      routes: [{ path: '/*' }],
      labels: { project: 'shop', stage: 'dev', component: name },
    }),
    things: async () => {
      const [functions, sites, routes] = await Promise.all([
        list('functions'),
        list('sites'),
        list('routes'),
      ]);
      // What runs at the moment is nothing that anybody has made.
      const isOfNow = (key: string): boolean => key === 'instances' || key === 'load' || key.endsWith('At');
      const text = (one: object): string =>
        JSON.stringify(one, (key, value: unknown) => (isOfNow(key) ? undefined : value));
      return [...functions, ...sites, ...routes].map(text).sort();
    },
    get: async (url) => {
      const response = await fetch(url);
      return { status: response.status, text: await response.text() };
    },
    wire,
    reads: /^GET /,
    byHand: {
      change: () => Promise.reject(new Error('nothing here is changed by hand')),
      create: async (name) => {
        const { digest, file } = await packages.make({ 'index.js': handlerSource('by hand') });
        await controlClient(socket).upload(`/v1/packages/${digest}`, file);
        await control(socket, 'PUT', `/v1/functions/${name}`, {
          spec: {
            entry: {
              runtime: 'node',
              interface: 'handler',
              root: '.',
              file: 'index.js',
              attribute: 'handler',
              nodeOptions: [],
            },
            package: { code: digest, layers: [] },
          },
        });
      },
    },
    close: async () => {
      await wire.close();
      await serving.interrupt();
      packages.remove();
      rmSync(top, { recursive: true, force: true });
    },
  };
}

const NOBODY = 'the control API is a socket of this machine, which refuses nobody and loses nothing';

describeProvider('local', thisMachine, {
  ...Object.fromEntries(REFUSALS.map((title) => [title, NOBODY])),
  'what was changed by hand is seen': 'nothing changes a version but a deployment',
  'the environment is seen as it was given': 'nothing changes a version but a deployment',
});
