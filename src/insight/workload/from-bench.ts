import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { median } from '../stats/quantile.ts';
import type { RouteLoad, Workload } from './types.ts';

const times = z.array(z.number().min(0));
const series = z.looseObject({ request: z.string(), subject: z.string(), samples: times });
const estimate = z.looseObject({ value: z.number().min(0) });

/** What is needed of a `BenchResult`. */
const benchResult = z.looseObject({
  kind: z.literal('bench'),
  version: z.literal(1),
  app: z.looseObject({ name: z.string() }),
  requests: z.array(
    z.looseObject({ name: z.string(), method: z.string(), path: z.string(), route: z.string().optional() }),
  ),
  subjects: z.array(z.looseObject({ name: z.string() })),
  sequential: z.array(series),
  cold: z.array(z.looseObject({ ...series.shape, start: z.enum(['fresh', 'template']), initMs: times })),
  metering: z.array(
    z.looseObject({
      request: z.string(),
      durationMs: estimate,
      peakMemoryMb: z.number().min(0).optional(),
      memoryLimitMb: z.number().positive(),
      gbSeconds: z.number().min(0),
      responseBytes: z.number().min(0),
    }),
  ),
});

type Bench = z.infer<typeof benchResult>;

/** Reads the file that `ropeway bench --json` wrote. Fails with BAD_BENCH. */
export function readBench(file: string): Workload {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw badBench(file, errorMessage(error));
  }
  return workloadOfBench(value, file);
}

/** Of a bench's result, a workload: cold starts as a cloud makes them (`fresh`), if they were measured. Fails with BAD_BENCH. */
export function workloadOfBench(value: unknown, name: string): Workload {
  const parsed = benchResult.safeParse(value);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw badBench(name, `${first?.path.join('.') ?? ''}: ${first?.message ?? 'something else'}`);
  }
  const bench = parsed.data;
  const subject = functionOf(bench);
  const routes = bench.requests
    .map((request) => routeLoad(bench, request, subject))
    .filter(({ warmMs }) => warmMs.length > 0);
  if (routes.length === 0) throw badBench(name, 'no request with a time on the function');
  const cold = coldOf(bench, subject);
  return {
    app: bench.app.name,
    measured: name,
    routes,
    ...starts(cold, routes),
    memoryLimitMb: Math.max(...bench.metering.map(({ memoryLimitMb }) => memoryLimitMb), 0) || 512,
    notes: cold.length === 0 ? ['No cold starts were measured: they are counted as nothing.'] : [],
  };
}

/** The function as it would be deployed: not the plain server, not the bare handler. */
function functionOf({ subjects }: Bench): string {
  const names = subjects.map((subject) => subject.name);
  return names.includes('function')
    ? 'function'
    : (names.find((name) => name !== 'server' && name !== 'bare') ?? 'function');
}

function routeLoad(bench: Bench, request: Bench['requests'][number], subject: string): RouteLoad {
  const of = (name: string): number[] =>
    bench.sequential
      .filter((one) => one.request === request.name && one.subject === name)
      .flatMap(({ samples }) => samples);
  const metered = bench.metering.find((one) => one.request === request.name);
  const warmMs = of(subject);
  return {
    name: request.name,
    method: request.method,
    paths: [request.route, request.path.replace(/[?#].*$/s, '')].filter((path) => path !== undefined),
    weight: 1,
    warmMs,
    firstMs: [],
    serverMs: of('server'),
    billedMs: metered === undefined ? meanCeiling(warmMs) : billedOf(metered),
    ...(metered?.peakMemoryMb === undefined ? {} : { peakMemoryMb: metered.peakMemoryMb }),
    responseBytes: metered?.responseBytes ?? 0,
  };
}

/** What was metered says exactly how much is billed; a bench of URLs has only what the client saw. */
function billedOf({ gbSeconds, memoryLimitMb, durationMs }: Bench['metering'][number]): number {
  const billed = (gbSeconds * 1024 * 1000) / memoryLimitMb;
  return billed > 0 ? billed : Math.ceil(durationMs.value);
}

function coldOf({ cold }: Bench, subject: string): Bench['cold'] {
  const ours = cold.filter((one) => one.subject === subject && one.samples.length > 0);
  const fresh = ours.filter(({ start }) => start === 'fresh');
  return fresh.length > 0 ? fresh : ours;
}

/** A cold sample is start and request together: the start is what it has beyond the warm median. */
function starts(cold: Bench['cold'], routes: RouteLoad[]): Pick<Workload, 'startMs' | 'initMs'> {
  const startMs = cold.flatMap(({ request, samples, initMs }) => {
    const warm = median(routes.find(({ name }) => name === request)?.warmMs ?? [0]);
    return samples.map((sample, index) => Math.max(initMs[index] ?? 0, sample - warm));
  });
  return { startMs, initMs: cold.flatMap(({ initMs }) => initMs) };
}

function meanCeiling(values: number[]): number {
  return values.reduce((sum, value) => sum + Math.ceil(value), 0) / Math.max(1, values.length);
}

function badBench(name: string, got: string): RopewayError {
  return new RopewayError({
    code: 'BAD_BENCH',
    message: `${name} is not what \`ropeway bench --json\` prints.`,
    got,
    fix: 'run `ropeway bench --json > bench.json` in the folder of the app',
  });
}
