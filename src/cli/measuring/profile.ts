import { median } from '../../insight/stats/quantile.ts';
import type { ProfileResult, RouteProfile } from '../../insight/types.ts';
import type { Route } from '../../runtimes/protocol.ts';
import { startInstance } from '../../platform/instances/start.ts';
import type { FunctionSpec } from '../../platform/types.ts';
import { circumstances, noiseMeter } from './circumstances.ts';
import { type ImportProfile, profileImports } from './profile-imports.ts';
import { type Loading, profileRoute } from './profile-routes.ts';
import type { Progress } from './progress.ts';
import { type RepeatableRequest, requestsToMeasure } from './requests.ts';
import { type AppSubject, runtimeOf } from './subject.ts';
import { isTraceable } from './traced-instance.ts';

export interface ProfileWishes {
  /** Fresh processes for each route, and for the imports. */
  runs: number;
  /** Warm requests for each route. */
  count: number;
  /** File of requests. */
  requests?: string;
}

export interface Profiled {
  result: ProfileResult;
  /** As the app's framework lists them; null where it does not. */
  routes: Route[] | null;
  requests: RepeatableRequest[];
}

/** Measures loading, imports and each route of an app. Rejects when it does not load, and as `requestsToMeasure` does. */
export async function profileApp(
  subject: AppSubject,
  wishes: ProfileWishes,
  progress: Progress,
): Promise<Profiled> {
  const { app, spec, dir } = subject;
  const meter = noiseMeter();
  progress.step('loading the app');
  const routes = await listRoutes(spec);
  const { requests, notes } = await requestsToMeasure(dir, routes, wishes.requests);
  const imports = isTraceable(spec)
    ? await profileImports(dir, spec, requests, { runs: wishes.runs, onStep: progress.step })
    : NOTHING;
  const loadings: Loading[] = [];
  const profiles: RouteProfile[] = [];
  for (const [index, request] of requests.entries()) {
    progress.step(`measuring ${request.name} (${index + 1} of ${requests.length})`);
    meter.sample();
    const measured = await profileRoute(spec, request, wishes);
    loadings.push(...measured.loadings);
    const used = imports.usedPackages.get(request.name);
    const kept = imports.keptBytes.get(request.name);
    profiles.push({
      ...measured.profile,
      // A heap grows until it is collected: that would look like growth where nothing stays.
      ...(kept === undefined ? {} : { growthKbPerRequest: rounded(kept / 1024) }),
      lateImports: imports.lateImports.get(request.name) ?? [],
      ...(used === undefined ? {} : { usedPackages: used }),
    });
  }
  meter.sample();
  progress.end();
  return {
    routes,
    requests,
    result: {
      kind: 'profile',
      version: 1,
      circumstances: circumstances(meter.noise(), spec.interpreter),
      app: { name: spec.name, framework: app.title, runtime: runtimeOf(subject) },
      load: loadOf(loadings),
      imports: imports.imports,
      routes: profiles,
      notes: [...notes, ...limitsOf(subject, profiles)],
    },
  };
}

const NOTHING: ImportProfile = {
  imports: [],
  lateImports: new Map(),
  usedPackages: new Map(),
  keptBytes: new Map(),
};

async function listRoutes(spec: FunctionSpec): Promise<Route[] | null> {
  const instance = startInstance(spec);
  try {
    return (await instance.ready).routes;
  } finally {
    await instance.stop();
  }
}

function loadOf(loadings: Loading[]): ProfileResult['load'] {
  const memory = loadings.map(({ memoryMb }) => memoryMb).filter((mb) => mb !== undefined);
  return {
    totalMs: rounded(median(loadings.map(({ totalMs }) => totalMs))),
    runtimeMs: rounded(median(loadings.map(({ runtimeMs }) => runtimeMs))),
    memoryMb: rounded(median(memory)),
  };
}

function limitsOf({ app }: AppSubject, profiles: RouteProfile[]): string[] {
  const notes: string[] = [];
  if (app.entry.runtime === 'command') {
    notes.push(
      'a start command runs this app: what it imports cannot be watched, and all of its start counts as its runtime',
    );
  }
  if (profiles.every(({ peakMb }) => peakMb === 0)) {
    notes.push('memory and processor time of a process are told by /proc, which this system does not have');
  }
  return notes;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
