import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { tencentProvider } from '../../src/providers/tencent/provider.ts';
import {
  KEYS,
  REGION,
  scfClient,
  settled,
  startTestEmulator,
  type TestEmulator,
} from '../emulators/tencent/start.ts';
import { startTencentWire } from '../support/tencent-wire.ts';
import { handlerSource, tinyPackages, type TinyPackages } from '../support/tiny-packages.ts';
import type { Cloud, Errors } from './contract.ts';
import { tencentThings } from './tencent-things.ts';

export const CREDENTIALS = { secretId: KEYS.id, secretKey: KEYS.secret };

const ERRORS: Errors = {
  call: /^scf CreateFunction$/,
  throttled: {
    status: 200,
    code: 'RequestLimitExceeded',
    message: 'Your current request times equals to `21` in a second, which exceeds the frequency limit `20`',
  },
  expired: {
    status: 200,
    code: 'AuthFailure.TokenFailure',
    message: 'The provided credentials could not be validated because the token is invalid.',
  },
  denied: {
    status: 200,
    code: 'UnauthorizedOperation.CAM',
    message:
      'you are not authorized to perform operation (scf:CreateFunction) resource (qcs::scf:ap-guangzhou::lam/x) has no permission',
    needs: 'scf:CreateFunction',
  },
  quota: {
    status: 200,
    code: 'LimitExceeded.Function',
    message: 'The number of functions exceeds the limit.',
  },
};

export interface TencentCloud extends Cloud {
  emulator: TestEmulator;
  packages: TinyPackages;
  /** What providers had to say besides. */
  notes: string[];
}

/** The provider `tencent` against our emulator. */
export async function tencentCloud(): Promise<TencentCloud> {
  const packages = tinyPackages();
  const emulator = await startTestEmulator();
  const wire = await startTencentWire(emulator.url);
  const scf = scfClient(emulator);
  const notes: string[] = [];
  return {
    emulator,
    packages,
    notes,
    provider: (signal = new AbortController().signal) =>
      tencentProvider({
        region: REGION,
        credentials: CREDENTIALS,
        endpoint: wire.url,
        signal,
        env: {},
        onNote: (note) => void notes.push(note),
      }),
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
      layers: [await packages.make({ 'node_modules/tiny/index.js': 'module.exports = 1;\n' })],
      env,
      limits: { memory: 256, timeout: 10 },
      stream: false,
      warmup: [],
      routes,
      labels: labels ?? { project: 'shop', stage: 'dev', component: name, deployment: digest(answer) },
      ...(canary === undefined ? {} : { canary }),
      cloud: {
        type: 'event',
        runtime: 'nodejs20',
        handler: 'ropeway_handler.handler',
        arch: 'x64',
        settings: {},
      },
    }),
    site: async (name, files) => ({
      name,
      package: await packages.make(files),
      index: 'index.html',
      routes: [{ path: '/*' }],
      labels: { project: 'shop', stage: 'dev', component: name },
    }),
    things: tencentThings(emulator),
    get: (url) => get(url, emulator.env['TENCENTCLOUD_DOMAINS_ENDPOINT']!),
    wire,
    reads: /^(scf|cam|tag) (Get|List|Describe)|^cos (GET|HEAD)\b/,
    host: 'api.example.com',
    errors: ERRORS,
    byHand: {
      change: async (FunctionName) => {
        await scf.PutReservedConcurrencyConfig({ FunctionName, ReservedConcurrencyMem: 1024 });
        return { part: 'reserved' };
      },
      create: async (FunctionName) => {
        const { file } = await packages.make({ 'index.js': handlerSource('by hand') });
        await scf.CreateFunction({
          FunctionName,
          Runtime: 'Nodejs20.19',
          Handler: 'index.handler',
          Code: { ZipFile: (await readFile(file)).toString('base64') },
        });
        await settled(scf, FunctionName);
      },
    },
    close: async () => {
      await wire.close();
      await emulator.close();
      packages.remove();
    },
  };
}

/** Domains that nobody has are at an address of the emulator. */
function get(url: string, domains: string): Promise<{ status: number; text: string }> {
  const { hostname, host, pathname, search } = new URL(url);
  const isHere = hostname === '127.0.0.1';
  const target = isHere ? url : `${domains}${pathname}${search}`;
  return new Promise((resolve, reject) => {
    request(target, isHere ? {} : { headers: { host } }, (response) => {
      text(response)
        .then((body) => resolve({ status: response.statusCode!, text: body }))
        .catch(reject);
    })
      .once('error', reject)
      .end();
  });
}

function digest(answer: string): string {
  return Buffer.from(answer).toString('hex').padEnd(64, '0');
}
