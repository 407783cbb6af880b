import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import type { BuiltApp, CloudPackageWish } from '../../src/components/types.ts';
import { buildForDeployment, findForDeployment } from '../../src/cli/deploying/packing.ts';
import type { JsonObject, JsonValue } from '../../src/events/types.ts';
import { accepts, freePort } from '../../src/lib/ports.ts';
import type { CloudStart } from '../../src/packaging/function-files/types.ts';
import { unpackZip } from '../../src/packaging/unpack.ts';
import { pythonFor } from '../../src/platform/guests/interpreters.ts';
import { webEntry } from '../../src/platform/guests/web-command.ts';
import { until } from './platform.ts';
import { root } from './root.ts';

/** A package of an app for a cloud, unpacked as there. */
export interface CloudPackage {
  start: CloudStart;
  built: BuiltApp;
  notes: string[];
  /** Folder of the code. */
  code: string;
  /** Calls the handler as the cloud does, in one process, with one event after the other. `at`: when it answered, in ms since 1970. */
  call(events: JsonObject[]): Promise<{ result: JsonValue; at: number }[]>;
  /** Starts `scf_bootstrap`; its URL. */
  serve(env?: Record<string, string>): Promise<string>;
  /** What the last process printed. */
  printed(): string;
  /** Ends what it started and removes its folder. */
  end(): Promise<void>;
}

export interface CloudPackageOptions {
  dir: string;
  cloud: 'aws' | 'tencent';
  wish?: Partial<CloudPackageWish>;
  /** A bare handler. */
  handler?: string;
  app?: string;
}

/** Packs an app as a deployment does. */
export async function cloudPackage({
  dir,
  cloud,
  wish = {},
  ...named
}: CloudPackageOptions): Promise<CloudPackage> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-cloud-')));
  const notes: string[] = [];
  const options = {
    root: place,
    target: cloud,
    env: {},
    onNote: (text: string) => void notes.push(text),
    onLine: () => undefined,
    onInstallerLine: () => undefined,
    signal: new AbortController().signal,
  };
  const found = await findForDeployment(
    { dir, include: [], exclude: [], ...named, cloud: { stream: false, ...wish } },
    options,
  );
  const built = await buildForDeployment(found, options);
  const code = join(place, 'code');
  await unpackZip(built.code.file, code);
  const layer = join(place, 'layer');
  for (const { file } of built.layers) await unpackZip(file, layer);
  return { notes, ...runner({ place, code, layer, cloud, built }) };
}

interface Unpacked {
  place: string;
  code: string;
  layer: string;
  cloud: 'aws' | 'tencent';
  built: BuiltApp;
}

function runner({ place, code, layer, cloud, built }: Unpacked): Omit<CloudPackage, 'notes'> {
  const start = built.cloud!;
  const processes: ChildProcess[] = [];
  let printed = '';
  const launch = (program: string, args: string[], env: Record<string, string>): ChildProcess => {
    const child = spawn(program, args, {
      cwd: code,
      // Nothing of this machine's own environment but where programs are.
      env: { PATH: process.env['PATH'], HOME: place, ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stderr.on('data', (chunk) => (printed += chunk));
    processes.push(child);
    return child;
  };
  const libraries = cloud === 'aws' ? join(layer, 'python') : layer;
  const version = /^python(.*)$/.exec(start.runtime)?.[1];
  return {
    start,
    built,
    code,
    printed: () => printed,
    call: async (events) => {
      const support = join(root, 'test', 'support', 'cloud');
      const child =
        version === undefined
          ? launch(process.execPath, [join(support, 'call.mjs'), start.handler], {})
          : launch(pythonFor(version).path, ['-S', join(support, 'call.py'), start.handler], {
              PYTHONPATH: libraries,
              PYTHONDONTWRITEBYTECODE: '1',
            });
      const answers: { result: JsonValue; at: number }[] = [];
      const lines = createInterface((version === undefined ? child.stdio[3] : child.stdout) as Readable);
      lines.on('line', (line) => answers.push({ result: JSON.parse(line) as JsonValue, at: Date.now() }));
      if (version === undefined) child.stdout!.on('data', (chunk) => (printed += chunk));
      child.stdin!.on('error', () => undefined);
      child.stdin!.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      await new Promise((resolve) => child.on('close', resolve));
      if (answers.length !== events.length) throw new Error(`${answers.length} answers\n${printed}`);
      return answers;
    },
    serve: async (env = {}) => {
      const port = await freePort();
      const child = launch('/bin/bash', ['-c', webEntry(code, start.handler, 9000, []).command], {
        PORT: String(port),
        PYTHONPATH: libraries,
        TMPDIR: place,
        ...env,
      });
      child.stdout!.on('data', (chunk) => (printed += chunk));
      await until(async () => child.exitCode !== null || (await accepts({ port, host: '127.0.0.1' })), 60);
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}\n${printed}`);
      return `http://127.0.0.1:${port}`;
    },
    end: async () => {
      await Promise.all(processes.map(ended));
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Ends a process with all that it started. */
async function ended(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    return;
  }
  if (child.exitCode === null && child.signalCode === null) await closed;
}
