import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

import { freePort } from '../../src/lib/ports.ts';
import { until } from './platform.ts';
import { cloudsPython } from './python.ts';

/** moto's server: an AWS that is not ours. Its functions are not run: what calls them gets the event back. */
export async function startMoto(): Promise<{ url: string; close(): Promise<void> }> {
  const server = join(dirname(await cloudsPython()), 'moto_server');
  const port = await freePort();
  const child = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${server} ended with ${child.exitCode}`);
      return fetch(`${url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      );
    }, 60);
    await fetch(`${url}/moto-api/config`, {
      method: 'POST',
      body: JSON.stringify({ lambda: { use_docker: false } }),
    });
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
