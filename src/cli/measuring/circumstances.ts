import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';

import { quantile, sorted } from '../../insight/stats/quantile.ts';
import type { Circumstances } from '../../insight/types.ts';
import { packageVersion } from '../../lib/package-root.ts';

const MEGABYTE = 1024 * 1024;

/** A fixed piece of work, done now and then between measurements: how much its time varies says how steady the machine is. */
export interface NoiseMeter {
  sample(): void;
  noise(): Circumstances['noise'];
}

export function noiseMeter(): NoiseMeter {
  const times: number[] = [];
  // The engine's own warming-up is no noise of the machine.
  for (let run = 0; run < 3; run += 1) fixedWork();
  return {
    sample: () => {
      for (let run = 0; run < 5; run += 1) {
        const started = performance.now();
        fixedWork();
        times.push(performance.now() - started);
      }
    },
    noise: () => {
      const values = sorted(times);
      return {
        median: rounded(quantile(values, 0.5)),
        p95: rounded(quantile(values, 0.95)),
        runs: values.length,
      };
    },
  };
}

/** The machine, and the moment. `interpreter`: the app's Python. */
export function circumstances(noise: Circumstances['noise'], interpreter?: string): Circumstances {
  const python = interpreter === undefined ? undefined : pythonVersion(interpreter);
  return {
    time: new Date().toISOString(),
    ropeway: packageVersion(),
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? '',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / MEGABYTE),
    node: process.version.slice(1),
    ...(python === undefined ? {} : { python }),
    noise,
  };
}

function pythonVersion(interpreter: string): string | undefined {
  try {
    const script = 'import platform; print(platform.python_version())';
    return execFileSync(interpreter, ['-I', '-S', '-c', script], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function fixedWork(): number {
  let value = 1;
  for (let step = 0; step < 1_000_000; step += 1) value = (value * 48_271) % 2_147_483_647;
  return value;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
