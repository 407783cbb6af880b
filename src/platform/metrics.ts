import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { packageVersion } from '../lib/package-root.ts';
import type { RunningFunction } from './function.ts';
import { recentMemory } from './instances/memory.ts';
import type { InvocationRecord } from './types.ts';

/** Figures of a platform for Prometheus (text exposition format 0.0.4). */
export interface Metrics {
  observe(record: InvocationRecord): void;
  /** The whole text, and its media type. */
  text(): Promise<{ type: string; body: string }>;
}

/** Seconds: from a spare's first answer to the longest that a function may take. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** `running`: the versions that there are when the text is asked for. */
export function createMetrics(running: () => RunningFunction[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'ropeway_' });
  new Gauge({
    name: 'ropeway_info',
    help: 'Version of Ropeway; always 1.',
    labelNames: ['version'],
    registers,
  }).set({ version: packageVersion() }, 1);
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers });
  const requests = counter(
    'ropeway_requests_total',
    'Requests answered, by function, version, class of status (2xx) and start (cold, warm, none).',
    ['function', 'version', 'status', 'start'],
  );
  const errors = counter(
    'ropeway_errors_total',
    'Requests that the platform or the app failed, by error code.',
    ['function', 'code'],
  );
  const seconds = (name: string, help: string, labels: string[] = []): Histogram =>
    new Histogram({ name, help, labelNames: ['function', ...labels], buckets: SECONDS, registers });
  const total = seconds('ropeway_request_duration_seconds', 'From arrival to the end of the answer.');
  const queue = seconds('ropeway_queue_duration_seconds', 'From arrival until an instance took the request.');
  const init = seconds('ropeway_init_duration_seconds', 'Loading the app, on cold starts.', ['origin']);
  const billed = counter('ropeway_billed_gb_seconds_total', 'Billed duration times memory limit.', [
    'function',
  ]);
  const bytes = counter('ropeway_body_bytes_total', 'Bytes of bodies, by direction (in, out).', [
    'function',
    'direction',
  ]);
  const gauge = (name: string, help: string, value: (fn: RunningFunction) => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ['function', 'version'],
        registers: [],
        collect() {
          this.reset();
          for (const fn of running())
            this.set({ function: fn.spec().name, version: fn.version() }, value(fn));
        },
      }),
    );
  };
  gauge('ropeway_instances', 'Instances, those that are starting included.', (fn) => fn.instances().length);
  gauge('ropeway_requests_active', 'Requests that are being served.', (fn) => fn.load().active);
  gauge('ropeway_requests_waiting', 'Requests that wait for an instance.', (fn) => fn.load().waiting);
  gauge('ropeway_instances_memory_bytes', 'Resident memory of all instances.', memoryOf);

  return {
    observe: (record) => {
      const { function: name } = record;
      const status = `${Math.floor(record.status / 100)}xx`;
      requests.inc({ function: name, version: record.version, status, start: record.start });
      if (record.error !== undefined) errors.inc({ function: name, code: record.error.code });
      total.observe({ function: name }, record.totalMs / 1000);
      queue.observe({ function: name }, record.queueMs / 1000);
      if (record.initMs !== undefined) {
        init.observe({ function: name, origin: record.origin ?? 'fresh' }, record.initMs / 1000);
      }
      billed.inc({ function: name }, ((record.billedMs / 1000) * record.memoryLimitMb) / 1024);
      bytes.inc({ function: name, direction: 'in' }, record.requestBytes);
      bytes.inc({ function: name, direction: 'out' }, record.responseBytes);
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}

function memoryOf(fn: RunningFunction): number {
  const megabytes = fn.instances().map((instance) => recentMemory(instance)?.now ?? 0);
  return megabytes.reduce((sum, one) => sum + one, 0) * 1024 * 1024;
}
