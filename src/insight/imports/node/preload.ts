/**
 * Loaded ahead of everything else by `node --import <this file>?record=<file>&mode=<mode>&esm=<0 or 1>`: writes down what a Node app
 * imports, in the same lines as python/start_traced.py. A CommonJS module is measured around the functions that load it; of an ES module, whose imports
 * have all been evaluated before its own first line runs, the evaluation of its own lines is, and hooks.ts tells who imported it.
 *
 *     ["i", file, file, start, end, rss before, rss after, depth]   a CommonJS or built-in module (its name: `node:http`)
 *     ["m", url, start, end, rss before, rss after]                 an ES module
 *     ["e", url, importer]                                          who was the first to import a module with `import`
 *     ["u", [files], bytes]                                         what ran since the last SIGWINCH, and what is in use after a
 *                                                                   garbage collection (mode `use`)
 */
import { openSync, writeSync } from 'node:fs';
import inspector from 'node:inspector';
import Module, { isBuiltin, register } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

import { IMPORTS } from './names.ts';

interface CommonJs {
  _load(this: unknown, request: string, parent: unknown, isMain: boolean): unknown;
  prototype: { load(this: unknown, file: string): void };
}

const options = new URL(import.meta.url).searchParams;
const record = options.get('record');
if (isMainThread && record !== null) start(record, options.get('mode') ?? 'time');

function start(file: string, mode: string): void {
  const out = openSync(file, 'a', 0o600);
  const write = (line: unknown[]): void => void writeSync(out, `${JSON.stringify(line)}\n`);
  const memory = mode === 'memory' ? () => process.memoryUsage.rss() : () => 0;
  traceCommonJs(write, memory);
  // The thread that hooks need takes memory of its own: not where there are no ES modules.
  if (options.get('esm') === '1') traceEsModules(file, write, memory);
  if (mode === 'use') noteUse(write);
}

function traceCommonJs(write: (line: unknown[]) => void, memory: () => number): void {
  const loader = Module as unknown as CommonJs;
  const { _load: loadByName } = loader;
  const { load: loadFile } = loader.prototype;
  const builtins = new Set<string>();
  // Lines wait while a module is being loaded: writing them is no part of what it takes.
  let waiting: unknown[][] = [];
  let depth = 0;
  /** When the module was asked for that is about to be loaded: finding it belongs to it. */
  let asked: number | undefined;

  const measured = <Result>(name: string, started: number, load: () => Result): Result => {
    const own = depth;
    depth += 1;
    const before = memory();
    try {
      const result = load();
      waiting.push(['i', name, name, started, performance.now(), before, memory(), own]);
      return result;
    } finally {
      depth = own;
      if (own === 0) {
        const lines = waiting;
        waiting = [];
        for (const line of lines) write(line);
      }
    }
  };

  loader._load = function load(request, parent, isMain) {
    const go = (): unknown => loadByName.call(this, request, parent, isMain);
    const now = performance.now();
    if (isBuiltin(request)) {
      const name = `node:${request.replace(/^node:/, '')}`;
      if (builtins.has(name)) return go();
      builtins.add(name);
      return measured(name, now, go);
    }
    asked = now;
    try {
      return go();
    } finally {
      asked = undefined;
    }
  };
  loader.prototype.load = function load(file) {
    const started = asked ?? performance.now();
    asked = undefined;
    measured(file, started, () => loadFile.call(this, file));
  };
}

function traceEsModules(record: string, write: (line: unknown[]) => void, memory: () => number): void {
  const open = new Map<string, [started: number, before: number]>();
  const listener = {
    start: (url: string): void => void open.set(url, [performance.now(), memory()]),
    end: (url: string): void => {
      const end = performance.now();
      const [started, before] = open.get(url) ?? [end, 0];
      write(['m', url, started, end, before, memory()]);
    },
  };
  Object.defineProperty(globalThis, IMPORTS, { value: listener });
  register(new URL('hooks.js', import.meta.url), { data: { record } });
}

/** Which files' functions have run, as the engine counts them. */
function noteUse(write: (line: unknown[]) => void): void {
  const session = new inspector.Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const onAsked = (): void => {
    session.post('Profiler.takePreciseCoverage', (_error, taken) => {
      const used = (taken?.result ?? []).filter(({ functions }) =>
        functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0),
      );
      collect();
      const { heapUsed, external } = process.memoryUsage();
      write(['u', used.map(({ url }) => url), heapUsed + external]);
    });
  };
  process.on('SIGWINCH', onAsked);
}
