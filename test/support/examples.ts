import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { alone } from './once.ts';
import { root } from './root.ts';

/** An app of `examples`, as scripts/demo knows it. */
export interface Example {
  name: string;
  language: 'python' | 'node';
  folder: string;
  /** Absent: it has no server of its own; what its answers are is saved. */
  plain?: string[];
}

export interface SavedRequest {
  title: string;
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
  expect: { status?: number; contentType?: string; body?: Buffer };
}

export interface SavedAnswer {
  status: number;
  headers: [string, string][];
  body: Buffer;
}

/** What the demo does with the examples, for tests. */
export interface Examples {
  all: Example[];
  /** Installs what it needs, once. */
  prepare(example: Example): Promise<void>;
  stopAll(): Promise<void>;
  readRequests(example: Example): Promise<SavedRequest[]>;
  /** What a plain server answers to these requests, in their order; asked once. Undefined: the example has none. */
  plainAnswers(example: Example): Promise<SavedAnswer[] | undefined>;
  send(base: string, request: SavedRequest): Promise<SavedAnswer>;
  differences(plain: SavedAnswer, other: SavedAnswer): string[];
  unexpected(answer: SavedAnswer, expect: SavedRequest['expect']): string[];
}

export async function loadExamples(python: string): Promise<Examples> {
  const load = (file: string): Promise<Record<string, (...args: unknown[]) => unknown>> =>
    import(pathToFileURL(join(root, 'scripts', 'demo', file)).href) as never;
  const [{ chooseExamples }, { prepare }, { startPlain, stopAll }, { readRequests, send }, compare] =
    await Promise.all([
      load('examples.mjs'),
      load('prepare.mjs'),
      load('processes.mjs'),
      load('requests.mjs'),
      load('compare.mjs'),
    ]);
  const askPlain = async (example: Example): Promise<SavedAnswer[]> => {
    const plain = (await startPlain!(example)) as { url: string; stop(): Promise<void> };
    const answers: SavedAnswer[] = [];
    for (const request of (await readRequests!(example)) as SavedRequest[])
      answers.push((await send!(plain.url, request)) as SavedAnswer);
    await plain.stop();
    return answers;
  };
  const known = new Map<string, SavedAnswer[]>();
  return {
    all: chooseExamples!([]) as Example[],
    // Two test files that want the same example at once would install into one folder.
    prepare: (example) => alone(`example-${example.name}`, () => prepare!(example, python) as Promise<void>),
    plainAnswers: async (example) => {
      if (example.plain === undefined) return undefined;
      const answers = known.get(example.name) ?? (await askPlain(example));
      known.set(example.name, answers);
      return answers;
    },
    stopAll: stopAll as never,
    readRequests: readRequests as never,
    send: send as never,
    differences: compare['differences'] as never,
    unexpected: compare['unexpected'] as never,
  };
}

/** Its files as its author has them, without what was installed or made. */
export function copyExample({ folder }: Example, to: string): void {
  cpSync(folder, to, {
    recursive: true,
    filter: (path) => !/node_modules|\.venv|\.ropeway|__pycache__/.test(path.slice(folder.length)),
  });
}
