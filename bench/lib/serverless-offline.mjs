// serverless-offline, a local function platform, with the adapter that is usual on it. It is started by osls, the fork of
// the Serverless Framework that needs neither an account nor the network.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../../scripts/demo/processes.mjs';
import { root } from '../../scripts/lib/run.mjs';
import { atOnce } from './http.mjs';
import { installNpm } from './install.mjs';
import { availableMemory, treeMegabytes } from './memory.mjs';
import { round2 } from './stats.mjs';

const VERSIONS = {
  serverless: 'npm:osls@4.3.1',
  'serverless-http': '4.0.0',
  'serverless-offline': '14.8.2',
  'serverless-wsgi': '3.1.0',
};
const PATIENCE_MS = 60_000;
/** It starts an instance for each of the requests at once, however many. */
const WARM_UP_MS = 150_000;
/** Part of the machine's memory that is left to others. */
const LEAST_MEMORY = 0.2;
const GUARD_MS = 200;
const folder = join(root, '.cache', 'bench-peers', 'serverless-offline');
/** Process groups that are to be ended with the benchmark. */
const groups = new Set();

/** As the adapters' own manuals have it. */
const manifest = (plugins, runtime, handler, custom = {}) => ({
  service: 'bench',
  provider: { name: 'aws', runtime, region: 'us-east-1' },
  plugins: [...plugins, 'serverless-offline'],
  custom,
  functions: { app: { handler, events: [{ http: 'ANY /' }, { http: 'ANY /{proxy+}' }] } },
});

/** Files beside `source`, which is the example as it is. */
const projects = {
  flask: () => ({
    'serverless.yml': JSON.stringify(
      manifest(['serverless-wsgi'], 'python3.11', 'wsgi_handler.handler', {
        wsgi: { app: 'source/app.app', packRequirements: false },
      }),
    ),
  }),
  express: () => ({
    'serverless.yml': JSON.stringify(manifest([], 'nodejs20.x', 'handler.handler')),
    // The example exports nothing: what it would listen with is taken.
    'handler.js': `const { Server } = require('node:http');
let app;
Server.prototype.listen = function listen() {
  [app] = this.listeners('request');
  return this;
};
require('./source/app.js');
exports.handler = require('serverless-http')(app);
`,
  }),
};

/** Installs what is needed; says why it cannot be compared with, else undefined. */
export function installServerlessOffline() {
  if (process.platform === 'win32') return 'serverless-offline was not compared with: not on Windows';
  try {
    installNpm(folder, VERSIONS);
  } catch (error) {
    return `serverless-offline was not compared with: it could not be installed (${error.message})`;
  }
  process.on('exit', () => groups.forEach(endGroup));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  return undefined;
}

/**
 * {url, megabytes(), stop()}, with an instance for each of so many `requests` at once; undefined for an example that it is not
 * set up for, and when it does not come to that. `notes` are told how it went.
 */
export async function startServerlessOffline(example, { path, body, requests, notes }) {
  if (projects[example.name] === undefined) return undefined;
  const note = (text) => notes.push(`${example.name}, serverless-offline: ${text}`);
  const peer = await launch(example);
  if (!(await ready(peer, path))) {
    await peer.stop();
    note(`did not start; ${peer.printed()}`);
    return undefined;
  }
  const { max, failed } = await atOnce(requests, peer.url + path, body, WARM_UP_MS);
  note(`the first ${requests} at once: slowest ${round2(max / 1000)} s, ${failed} failed`);
  if (failed === 0) {
    await atOnce(requests, peer.url + path, body, WARM_UP_MS);
    return peer;
  }
  await peer.stop();
  note(`not compared with: ${peer.ended() ?? `it did not answer them all in ${WARM_UP_MS / 1000} s`}`);
  return undefined;
}

async function launch(example) {
  const project = makeProject(example);
  const [port, lambdaPort] = [await freePort(), await freePort()];
  const log = join(project, 'output.log');
  const output = openSync(log, 'w');
  const child = spawn(
    process.execPath,
    [
      join(folder, 'node_modules/serverless/bin/serverless.js'),
      ...['offline', 'start', '--host', '127.0.0.1', '--noPrependStageInUrl', '--noSponsor'],
      // Its limit would end what starts together before it is ready; ours are kept idle for as long.
      ...['--noTimeout', '--terminateIdleLambdaTime', '600'],
      ...['--httpPort', String(port), '--lambdaPort', String(lambdaPort)],
    ],
    { cwd: project, env: environment(example), stdio: ['ignore', output, output], detached: true },
  );
  closeSync(output);
  groups.add(child.pid);
  let why;
  const guard = setInterval(() => {
    if (why !== undefined || availableMemory() > LEAST_MEMORY) return;
    why = `ended at ${round2(treeMegabytes(child.pid))} MB, before the machine's memory was used up`;
    endGroup(child.pid);
  }, GUARD_MS);
  return {
    url: `http://127.0.0.1:${port}`,
    megabytes: () => treeMegabytes(child.pid),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    /** Why it was ended before its time. */
    ended: () => why,
    printed: () => readFileSync(log, 'utf8').slice(-2000),
    /** Its functions' processes are ended with it. */
    stop: async () => {
      clearInterval(guard);
      endGroup(child.pid);
      while (isAlive(child.pid)) await sleep(20);
      groups.delete(child.pid);
    },
  };
}

async function ready(peer, path) {
  const until = Date.now() + PATIENCE_MS;
  while (peer.isRunning() && Date.now() < until) {
    if (await answers(peer.url + path)) return true;
    await sleep(100);
  }
  return false;
}

function makeProject(example) {
  const project = join(folder, 'projects', example.name);
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  symlinkSync(example.folder, join(project, 'source'));
  for (const [name, text] of Object.entries(projects[example.name]())) {
    writeFileSync(join(project, name), text);
  }
  return project;
}

function environment(example) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    CI: '1',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    SLS_INTERACTIVE_SETUP_ENABLE: '0',
    ...(example.language === 'python' ? { VIRTUAL_ENV: join(example.folder, '.venv') } : {}),
  };
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })).status === 200;
  } catch {
    return false;
  }
}

function endGroup(id) {
  try {
    process.kill(-id, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function isAlive(group) {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
