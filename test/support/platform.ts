import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Platform, startPlatform } from '../../src/platform/platform.ts';
import {
  DEFAULT_LIMITS,
  type FunctionSpec,
  type InvocationRecord,
  type Limits,
  type OutputLine,
} from '../../src/platform/types.ts';
import type { Entry } from '../../src/runtimes/entry.ts';

export const fixtures: string = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures');

export interface TestPlatform extends Platform {
  records: InvocationRecord[];
  output: OutputLine[];
  notices: string[];
  /** Resolves with the record of the n-th request (1 by default). */
  record(n?: number): Promise<InvocationRecord>;
  stateFolder: string;
}

export interface TestPlatformOptions {
  entry?: Entry;
  limits?: Partial<Limits>;
  spec?: Partial<FunctionSpec>;
  headersTimeout?: number;
  isForDevelopment?: boolean;
}

/** What runs the fixture app. */
export function testSpec(options: TestPlatformOptions = {}): FunctionSpec {
  return {
    name: 'test',
    entry: options.entry ?? nodeEntry('app.cjs'),
    sourceRoot: join(fixtures, 'instances'),
    env: {},
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    eventFormat: 'aws-v2',
    stage: '',
    stream: true,
    cold: 'fresh',
    spares: 1,
    warmup: [],
    ...options.spec,
  };
}

/** A platform on a free port with the fixture app, its records gathered. Close it. */
export async function testPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const records: InvocationRecord[] = [];
  const output: OutputLine[] = [];
  const notices: string[] = [];
  const stateFolder = mkdtempSync(join(tmpdir(), 'ropeway-test-'));
  const platform = await startPlatform({
    host: '127.0.0.1',
    port: 0,
    stateFolder,
    isForDevelopment: options.isForDevelopment ?? true,
    ...(options.headersTimeout === undefined ? {} : { headersTimeout: options.headersTimeout }),
    spec: testSpec(options),
    onRecord: (record) => records.push(record),
    onOutput: (line) => output.push(line),
    onNotice: (message) => notices.push(message),
  });
  return {
    ...platform,
    records,
    output,
    notices,
    stateFolder,
    record: async (n = 1) => {
      await until(() => records.length >= n);
      return records[n - 1]!;
    },
    close: async () => {
      await platform.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

export function nodeEntry(file: string): Entry {
  const root = join(fixtures, 'instances');
  return { runtime: 'node', interface: 'listener', root, file: join(root, file), nodeOptions: [] };
}

export function pythonEntry(module: string, attribute: string, kind: 'wsgi' | 'asgi'): Entry {
  return {
    runtime: 'python',
    interface: kind,
    root: join(fixtures, 'instances'),
    from: { module, attribute, factory: false },
    env: {},
  };
}

/** What the gateway says in the body of an answer that the app did not give. */
export async function errorOf(
  response: Response,
): Promise<{ code: string; message: string; requestId: string; traceback?: string }> {
  const { error } = (await response.json()) as { error: Awaited<ReturnType<typeof errorOf>> };
  return error;
}

/** Waits until the condition holds; fails after `seconds`. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`did not come true within ${seconds} s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process lives; one that has ended but was not yet reaped by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return process.platform !== 'linux';
  }
}
