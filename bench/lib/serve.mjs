// `ropeway serve` as its users run it, in a process and with a state folder of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../../scripts/lib/run.mjs';

/** {url, pid, state, signal(name), control(method, path, body), sample(), stop()}; `stop` resolves with the exit code. */
export async function startServe(args) {
  // The path of a socket must be short.
  const state = mkdtempSync(join(tmpdir(), 'rw-'));
  const child = spawn(
    process.execPath,
    ['dist/cli/main.js', 'serve', ...args, '--port', '0', '--json', '--quiet', '--state', state],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await servingUrl(child);
  return {
    url,
    pid: child.pid,
    /** The state folder; gone after `stop`. */
    state,
    signal: (name) => child.kill(name),
    control: (method, path, body) => control(join(state, 'control.sock'), method, path, body),
    sample: () => sampleOf(child.pid),
    stop: (keep = false) =>
      new Promise((resolve) => {
        child.once('exit', (code) => {
          if (keep) return resolve(code);
          rmSync(state, { recursive: true, force: true });
          resolve(code);
        });
        child.kill('SIGTERM');
      }),
  };
}

function servingUrl(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const line = /^\{"type":"serving".*$/m.exec(text);
      if (line === null) return;
      child.stdout.removeAllListeners('data').resume();
      resolve(JSON.parse(line[0]).url);
    });
    child.once('exit', () => reject(new Error(`serve did not start: ${text}`)));
  });
}

function control(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers: { host: 'localhost' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(text));
      });
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Resident memory and open files of the process itself; Linux only. */
function sampleOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    megabytes: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 102.4) / 10,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}
