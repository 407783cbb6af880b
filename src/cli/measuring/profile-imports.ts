import { basename } from 'node:path';

import type { LoadedModule } from '../../insight/imports/records.ts';
import { importTree } from '../../insight/imports/tree.ts';
import { median } from '../../insight/stats/quantile.ts';
import type { ImportNode, RouteProfile } from '../../insight/types.ts';
import type { EventSpec } from '../../platform/instances/event-instance.ts';
import { callInstance } from './calls.ts';
import { APP, nameOf, nodeOwners, type OwnerOf, pythonOwners, STANDARD } from './owners.ts';
import type { RepeatableRequest } from './requests.ts';
import { startTraced, type TraceMode } from './traced-instance.ts';

export interface ImportOptions {
  /** Fresh processes whose times are noted. */
  runs: number;
  onStep(text: string): void;
}

export interface ImportProfile {
  imports: ImportNode[];
  /** By the name of the request. */
  lateImports: Map<string, RouteProfile['lateImports']>;
  /** Packages whose code ran in warm requests, by the name of the request; absent where it cannot be told. */
  usedPackages: Map<string, string[]>;
  /** Bytes that a request leaves behind after a garbage collection, by its name; undefined where the runtime does not tell. */
  keptBytes: Map<string, number | undefined>;
}

/** Fresh processes whose memory is noted: there is less noise in it than in times. */
const MEMORY_RUNS = 3;
/** Requests between two looks at what stays in memory. */
const KEPT_REQUESTS = 30;
/** Late imports that are told of each request. */
const SHOWN_LATE = 20;

/** What loading an app imports, what its requests import afterwards, and whose code they run. Rejects when the app does not load. */
export async function profileImports(
  dir: string,
  spec: EventSpec,
  requests: RepeatableRequest[],
  { runs, onStep }: ImportOptions,
): Promise<ImportProfile> {
  onStep('watching imports');
  // The first one also writes byte code that is not there yet, and tells whether there are ES modules.
  const first = await traceLoading(spec, 'time', true);
  const hooks = spec.entry.runtime === 'node' && first.hasEsModules;
  const times: Traced[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await traceLoading(spec, 'time', hooks));
  const memory: Traced[] = [];
  for (let run = 0; run < Math.min(runs, MEMORY_RUNS); run += 1) {
    memory.push(await traceLoading(spec, 'memory', hooks));
  }
  const late = new Map<string, LoadedModule[]>();
  for (const request of requests) {
    onStep(`watching imports of ${request.name}`);
    late.set(request.name, await traceRequest(spec, request, hooks));
  }
  onStep('watching which packages run');
  const used = await traceUse(spec, requests);
  const modules = [
    ...[...times, ...memory].flatMap((traced) => traced.modules),
    ...[...late.values()].flat(),
  ];
  const owners = await ownersFor(
    dir,
    spec,
    modules,
    [...used.values()].flatMap(({ files }) => files),
  );
  const ownerOf = ({ key, file }: LoadedModule): string | undefined => owners(file, key);
  const name = (module: LoadedModule): string => nameOf(dir, module);
  const tree = importTree({
    times: times.map((traced) => traced.modules),
    memory: memory.map((traced) => traced.modules),
    ownerOf,
    nameOf: name,
  });
  return {
    imports: underScript(tree, spec, median(times.map(({ initMs }) => initMs))),
    lateImports: new Map([...late].map(([request, list]) => [request, lateOf(list, ownerOf, name)])),
    usedPackages: new Map([...used].map(([request, { files }]) => [request, packagesOf(files, owners)])),
    keptBytes: new Map([...used].map(([request, { keptBytes }]) => [request, keptBytes])),
  };
}

interface Traced {
  modules: LoadedModule[];
  initMs: number;
  hasEsModules: boolean;
}

async function traceLoading(spec: EventSpec, mode: TraceMode, hooks: boolean): Promise<Traced> {
  const traced = startTraced(spec, mode, hooks);
  try {
    const { initMs } = await traced.instance.ready;
    const { modules, hasEsModules } = traced.records();
    return { modules: ofTheApp(modules), initMs, hasEsModules };
  } finally {
    await traced.close();
  }
}

/** Our runtime has been imported before the app: it is told apart, as `runtimeMs`. */
function ofTheApp(modules: LoadedModule[]): LoadedModule[] {
  return modules.slice(modules.findIndex(({ key }) => key === 'ropeway_runtime.instance.main') + 1);
}

async function traceRequest(
  spec: EventSpec,
  request: RepeatableRequest,
  hooks: boolean,
): Promise<LoadedModule[]> {
  const traced = startTraced(spec, 'time', hooks);
  try {
    await traced.instance.ready;
    traced.newRecords();
    await callInstance(traced.instance, spec, request);
    return traced.newRecords().modules;
  } finally {
    await traced.close();
  }
}

interface Use {
  files: string[];
  keptBytes: number | undefined;
}

async function traceUse(spec: EventSpec, requests: RepeatableRequest[]): Promise<Map<string, Use>> {
  const used = new Map<string, Use>();
  const traced = startTraced(spec, 'use', false);
  try {
    await traced.instance.ready;
    for (const request of requests) {
      const call = async (count: number): Promise<void> => {
        for (let sent = 0; sent < count; sent += 1) await callInstance(traced.instance, spec, request);
      };
      // What the first request sets up is needed once, not by each of them.
      await call(1);
      if ((await traced.used()) === undefined) return used;
      await call(1);
      const one = await traced.used();
      if (one === undefined) return used;
      let keptBytes: number | undefined;
      if (one.heap !== undefined) {
        await call(KEPT_REQUESTS);
        const before = await traced.used();
        await call(KEPT_REQUESTS);
        const after = await traced.used();
        if (before?.heap !== undefined && after?.heap !== undefined)
          keptBytes = (after.heap - before.heap) / KEPT_REQUESTS;
      }
      used.set(request.name, { files: one.files, keptBytes });
    }
    return used;
  } finally {
    await traced.close();
  }
}

async function ownersFor(
  dir: string,
  spec: EventSpec,
  modules: LoadedModule[],
  files: string[],
): Promise<OwnerOf> {
  return spec.entry.runtime === 'node' ? nodeOwners() : pythonOwners(dir, spec.interpreter!, modules, files);
}

/** The topmost of the modules that a request imported, the slowest first. */
function lateOf(
  modules: LoadedModule[],
  ownerOf: (module: LoadedModule) => string | undefined,
  name: (module: LoadedModule) => string,
): RouteProfile['lateImports'] {
  return importTree({ times: [modules], memory: [], ownerOf, nameOf: name })
    .map((node) => ({ name: node.name, ms: node.totalMs }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SHOWN_LATE);
}

function packagesOf(paths: string[], owners: OwnerOf): string[] {
  const names = paths
    .filter((path) => !path.startsWith('<'))
    .map((path) => owners(path))
    .filter((owner) => owner !== undefined && owner !== STANDARD && owner !== APP);
  return [...new Set(names as string[])].sort();
}

/** A script is no module: what it takes itself is what is left of loading. */
function underScript(tree: ImportNode[], { entry }: EventSpec, initMs: number): ImportNode[] {
  if (entry.runtime !== 'python' || !('script' in entry.from)) return tree;
  const children = tree.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const megabytes = tree.map(({ totalMb }) => totalMb).filter((mb) => mb !== undefined);
  const totalMs = Math.max(children, initMs);
  return [
    {
      name: basename(entry.from.script),
      selfMs: totalMs - children,
      totalMs,
      ...(megabytes.length === 0 ? {} : { totalMb: megabytes.reduce((sum, mb) => sum + mb, 0) }),
      owner: APP,
      children: tree,
    },
  ];
}
