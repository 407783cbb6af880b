// Installs the peers, in exactly these versions, into the project's cache.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { findPython } from '../../scripts/demo/prepare.mjs';
import { installNpm, installOnce, run } from '../lib/install.mjs';

const NPM = {
  '@codegenie/serverless-express': '5.0.0',
  '@fastify/aws-lambda': '6.4.1',
  express: '5.3.0',
  fastify: '5.12.8',
  'light-my-request': '6.8.1',
  'serverless-http': '4.0.0',
};
const PIP = ['apig-wsgi==2.20.0', 'mangum==0.22.0', 'serverless-wsgi==3.1.0', 'Werkzeug==3.1.9'];

/** The folder in whose node_modules the npm peers are. */
export function npmPeers(cache) {
  const folder = join(cache, 'bench-peers');
  installNpm(folder, NPM);
  return folder;
}

/** The interpreter of a virtual environment with the Python peers; undefined where there is no Python. */
export async function pythonPeers(cache) {
  const folder = join(cache, 'bench-venv');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    const found = await findPython();
    if (found.path === undefined) return undefined;
    run(found.path, ['-m', 'venv', folder]);
  }
  installOnce(folder, PIP, () => [
    python,
    ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...PIP],
  ]);
  return python;
}
