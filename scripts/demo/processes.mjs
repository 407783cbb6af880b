// The processes that the demo starts: the plain server and the platform of each example.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../lib/run.mjs';
import { programs } from './prepare.mjs';

const PATIENCE_MS = 120_000;
const running = new Set();

/** Starts an example the way its users do; resolves when it accepts connections. */
export async function startPlain(example) {
  const port = await freePort();
  const [command, ...args] = example.plain.map((text) =>
    text.replace('{port}', String(port)).replace('{bin}', programs(example)),
  );
  const app = launch(
    command,
    args,
    { cwd: example.folder, env: { ...process.env, PORT: String(port) } },
    'SIGTERM',
  );
  const until = Date.now() + PATIENCE_MS;
  while (!(await accepts(port))) {
    if (app.hasEnded() || Date.now() > until) throw new Error(`${command} did not start\n${app.printed()}`);
    await sleep(20);
  }
  return { url: `http://127.0.0.1:${port}`, stop: app.stop };
}

/** Starts an example with `ropeway dev`. */
export async function startPlatform(example) {
  const args = [
    join(root, 'dist', 'cli', 'main.js'),
    'dev',
    example.folder,
    '--port',
    '0',
    '--yes',
    '--json',
  ];
  const app = launch(process.execPath, args, { cwd: example.folder }, 'SIGINT');
  const url = await new Promise((resolve, reject) => {
    const fail = (what) =>
      reject(new Error(`ropeway dev examples/${example.name}: ${what}\n${app.printed()}`));
    const timer = setTimeout(() => fail('not ready in time'), PATIENCE_MS);
    app.lines.on('line', (line) => {
      const event = parse(line);
      if (event?.type === 'ready') resolve(event.url);
      else if (event?.type === 'load-failed') fail('the app did not load');
      else return;
      clearTimeout(timer);
    });
    void app.ended.then(() => {
      clearTimeout(timer);
      fail('ended before it was ready');
    });
  });
  return { url, stop: app.stop };
}

/** Ends everything that is still running. */
export async function stopAll() {
  await Promise.all([...running].map((app) => app.stop()));
}

function launch(command, args, options, ending) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const keep = (text) => {
    printed = (printed + text).slice(-20_000);
  };
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => keep(`${line}\n`));
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', (error) => {
      keep(error.message);
      resolve();
    });
  });
  const app = { lines, ended, printed: () => printed, hasEnded: () => !running.has(app), stop };
  running.add(app);
  void ended.then(() => running.delete(app));
  return app;

  async function stop() {
    child.kill(ending);
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
