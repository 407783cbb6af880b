import type { CodeStart } from '../../types.ts';
import { invalid, unsupported } from './errors.ts';

/** Of the cloud (2026-11), and 20.19, which only the documents of Node.js name. */
const RUNTIMES = [
  'Python2.7',
  'Python3.6',
  'Python3.7',
  'Python3.9',
  'Python3.10',
  'Nodejs6.10',
  'Nodejs8.9',
  'Nodejs10.15',
  'Nodejs12.16',
  'Nodejs14.18',
  'Nodejs16.13',
  'Nodejs18.15',
  'Nodejs20.19',
  'Php5.6',
  'Php7',
  'Php7.2',
  'Php7.4',
  'Php8.0',
  'Go1',
  'Java8',
  'Java11',
  'CustomRuntime',
];

/** Port on which a web function listens. */
const WEB_PORT = 9000;

/** Throws InvalidParameterValue.Runtime; UnsupportedOperation for what this machine cannot run. */
export function checkRuntime(runtime: string, type: 'Event' | 'HTTP'): void {
  if (!RUNTIMES.includes(runtime))
    throw invalid(
      'Runtime',
      `The runtime [${runtime}] is not valid; those there are: ${RUNTIMES.join(', ')}.`,
    );
  if (type === 'HTTP' || runtime === 'CustomRuntime') return;
  if (!/^(?:Python3|Nodejs)/.test(runtime))
    throw unsupported(`This emulator runs Python 3, Nodejs and CustomRuntime, not ${runtime}.`);
}

/** Throws InvalidParameterValue.CompatibleRuntimes. */
export function checkCompatible(runtimes: string[]): void {
  const unknown = runtimes.find((runtime) => !RUNTIMES.includes(runtime));
  if (unknown !== undefined || runtimes.length === 0)
    throw invalid('CompatibleRuntimes', `CompatibleRuntimes must be some of ${RUNTIMES.join(', ')}.`);
}

/** How the platform starts such a function. */
export function startOf(runtime: string, type: 'Event' | 'HTTP', handler: string): CodeStart {
  if (type === 'HTTP') return { kind: 'web', file: 'scf_bootstrap', port: WEB_PORT };
  if (runtime === 'CustomRuntime') return { kind: 'bootstrap', api: 'scf', file: 'bootstrap' };
  const [, language, version = ''] = /^(Python|Nodejs)(.*)$/.exec(runtime)!;
  return language === 'Python'
    ? { kind: 'handler', language: 'python', version, handler }
    : { kind: 'handler', language: 'node', version: version.split('.')[0]!, handler };
}

/** The file in which the handler of a function is, of those that its package can have; for `ShowCode`. */
export function entryFiles(runtime: string, type: 'Event' | 'HTTP', handler: string): string[] {
  if (type === 'HTTP') return ['scf_bootstrap'];
  if (runtime === 'CustomRuntime') return ['bootstrap'];
  const module = handler.slice(0, handler.lastIndexOf('.')).replaceAll('.', '/');
  return runtime.startsWith('Python') ? [`${module}.py`] : [`${module}.js`, `${module}.mjs`, `${module}.cjs`];
}
