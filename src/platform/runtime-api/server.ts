import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { lambdaApi } from './lambda.ts';
import { scfApi } from './scf.ts';
import type { RuntimeApi, RuntimeListener } from './types.ts';

export interface RuntimeServer extends Pick<RuntimeApi, 'give' | 'fail'> {
  /** How a runtime finds it. */
  env: Record<string, string>;
  close(): void;
}

/** Serves the Runtime API of one instance on a loopback port of its own. */
export async function startRuntimeServer(
  api: 'lambda' | 'scf',
  listener: RuntimeListener,
): Promise<RuntimeServer> {
  const { handle, give, fail } = api === 'lambda' ? lambdaApi(listener) : scfApi(listener);
  const server = createServer((request, response) => void handle(request, response));
  // A runtime waits for its next event for as long as there is none, and sends its answer as long as it may.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  const port = await listenOnLoopback(server);
  return {
    give,
    fail,
    env:
      api === 'lambda'
        ? { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` }
        : { SCF_RUNTIME_API: '127.0.0.1', SCF_RUNTIME_API_PORT: String(port) },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
