import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { packageRoot } from '../../lib/package-root.ts';
import { type Records, readRecords, type Used } from '../../insight/imports/records.ts';
import { eventInstance, type EventSpec, initMessage } from '../../platform/instances/event-instance.ts';
import type { Instance } from '../../platform/instances/instance.ts';
import { startProcess } from '../../platform/instances/process.ts';
import { instanceEnvironment, instanceId, startInstance } from '../../platform/instances/start.ts';
import { openEnclosure } from '../../platform/limits/enclosure.ts';
import type { FunctionSpec } from '../../platform/types.ts';

/** What a traced process notes: see src/insight/imports/python/start_traced.py. */
export type TraceMode = 'time' | 'memory' | 'use';

/** An instance that writes down what it imports. */
export interface TracedInstance {
  instance: Instance;
  /** Everything so far. */
  records(): Records;
  /** What has been imported since this was called the last time. */
  newRecords(): Records;
  /** What has run since this was called the last time; undefined when it does not tell. Only in mode `use`. */
  used(): Promise<Used | undefined>;
  close(): Promise<void>;
}

const TRACED_PYTHON = join(packageRoot, 'src/insight/imports/python/start_traced.py');
const PRELOAD = join(packageRoot, 'dist/insight/imports/node/preload.js');
/** Milliseconds that a process may take to say what it has used. */
const TELL_MS = 3000;

/** Whether what an entry imports can be watched. */
export function isTraceable(spec: FunctionSpec): spec is EventSpec {
  return spec.entry.runtime === 'python' || spec.entry.runtime === 'node';
}

/** Starts one. With `hooks` the imports of ES modules are noted, too (Node). */
export function startTraced(spec: EventSpec, mode: TraceMode, hooks = true): TracedInstance {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-trace-'));
  const record = join(folder, 'imports');
  const instance = spec.entry.runtime === 'node' ? tracedNode() : tracedPython();
  let seen = 0;
  const text = (): string => {
    try {
      return readFileSync(record, 'utf8');
    } catch {
      return '';
    }
  };
  const rest = (): string => {
    const whole = text();
    const part = whole.slice(seen);
    seen = whole.lastIndexOf('\n') + 1;
    return part;
  };
  return {
    instance,
    records: () => readRecords(text()),
    newRecords: () => readRecords(rest()),
    used: async () => {
      rest();
      if (instance.pid <= 0) return undefined;
      process.kill(instance.pid, 'SIGWINCH');
      for (let waited = 0; waited < TELL_MS && instance.usable; waited += 10) {
        await sleep(10);
        const [used] = readRecords(text().slice(seen)).used;
        if (used !== undefined) return used;
      }
      return undefined;
    },
    close: async () => {
      await instance.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };

  function tracedNode(): Instance {
    const preload = `${pathToFileURL(PRELOAD).href}?${new URLSearchParams({ record, mode, esm: hooks ? '1' : '0' }).toString()}`;
    const entry = spec.entry as Extract<EventSpec['entry'], { runtime: 'node' }>;
    return startInstance({
      ...spec,
      entry: { ...entry, nodeOptions: ['--import', preload, ...entry.nodeOptions] },
    });
  }

  function tracedPython(): Instance {
    const enclosure = openEnclosure();
    const env = { ...instanceEnvironment(spec), ...enclosure.env };
    const child = startProcess({
      command: spec.interpreter!,
      args: ['-u', TRACED_PYTHON, join(packageRoot, 'src/runtimes/python'), record, mode],
      cwd: spec.entry.root,
      env,
    });
    return eventInstance({ id: instanceId(spec), origin: 'fresh', enclosure }, child, spec, {
      head: initMessage(spec, env),
    });
  }
}
