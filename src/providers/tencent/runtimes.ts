import { RopewayError } from '../../lib/errors.ts';

/** Runtimes of SCF by ours, as of 2026-11 (CreateFunction, doc 583/18586; nodejs20 in the Node.js documents, 583/11060). */
const RUNTIMES: Record<string, string> = {
  'python3.6': 'Python3.6',
  'python3.7': 'Python3.7',
  'python3.9': 'Python3.9',
  'python3.10': 'Python3.10',
  nodejs16: 'Nodejs16.13',
  nodejs18: 'Nodejs18.15',
  nodejs20: 'Nodejs20.19',
  custom: 'CustomRuntime',
};

/** `Python3.10` of `python3.10`. Throws TARGET_RUNTIME. */
export function scfRuntime(runtime: string): string {
  const known = RUNTIMES[runtime] ?? Object.values(RUNTIMES).find((one) => one === runtime);
  if (known !== undefined) return known;
  throw new RopewayError({
    code: 'TARGET_RUNTIME',
    message: `SCF has no runtime ${runtime}.`,
    expected: Object.keys(RUNTIMES).join(', '),
    got: runtime,
    fix: 'another `runtime`; or `runtime: custom`, and bring the interpreter along in a layer',
  });
}

/** A memory that SCF has: 64, or 128 to 3072 MB in steps of 128; the next one that is large enough. Throws INPUTS above 3072. */
export function scfMemory(wanted: number): number {
  if (wanted <= 64) return 64;
  const memory = Math.ceil(wanted / 128) * 128;
  if (memory <= 3072) return memory;
  throw new RopewayError({
    code: 'INPUTS',
    message: 'SCF gives a function no more than 3072 MB.',
    expected: '64, or 128 to 3072 in steps of 128',
    got: `${wanted} MB`,
  });
}
