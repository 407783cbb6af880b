import { delimiter, join } from 'node:path';

import type { CustomEntry, Entry } from '../../runtimes/entry.ts';
import { libraryOf, libraryPaths } from '../deployments/packaged.ts';
import { DEFAULT_LIMITS, type FunctionSpec } from '../types.ts';
import { entryOf } from './start-of.ts';
import type { GuestSpec } from './types.ts';

/** Seconds that a web function has to listen, and requests that one instance takes at once, as in the cloud. */
const WEB = { initTimeout: 65, concurrency: 100 };
/** The machine's capacity says how many there really are. */
const MOST_INSTANCES = 1000;

/** What the platform runs for a guest. Throws RUNTIME_MISSING. */
export function functionSpecOf(
  spec: GuestSpec,
  folderOf: (digest: string) => string,
): { function: FunctionSpec; note?: string } {
  const { start, limits } = spec;
  const layers = spec.layers.map(folderOf);
  const { entry, interpreter, note } = entryOf(spec, folderOf(spec.code), layers);
  const isPython = entry.runtime === 'python';
  return {
    function: {
      name: spec.name,
      entry: isPython ? withLibraries(entry, layers) : entry,
      ...(interpreter === undefined ? {} : { interpreter }),
      env: {
        ...(isPython ? {} : libraryPaths(layers)),
        ...(entry.runtime === 'custom' ? customEnvironment(entry, layers, spec.env) : {}),
        ...spec.env,
      },
      limits: {
        ...DEFAULT_LIMITS,
        ...(start.kind === 'web' ? WEB : {}),
        instances: MOST_INSTANCES,
        ...limits,
      },
      // What a route speaks is its own affair.
      eventFormat: 'aws-v2',
      stage: '',
      stream: true,
      cold: 'fresh',
      spares: 0,
      warmup: [],
      context: spec.context,
    },
    ...(note === undefined ? {} : { note }),
  };
}

function withLibraries(entry: Extract<Entry, { runtime: 'python' }>, layers: string[]): Entry {
  return { ...entry, libraries: layers.map(libraryOf) };
}

/**
 * What the clouds set for a custom runtime, as far as paths have to do with it, and programs and shared libraries of layers;
 * `/opt` itself is not there.
 */
function customEnvironment(
  { root, api }: CustomEntry,
  layers: string[],
  { SCF_HANDLER }: Record<string, string>,
): Record<string, string> {
  const paths = (name: string): string[] => layers.map((layer) => join(layer, name));
  return {
    PATH: [...paths('bin'), process.env['PATH'] ?? ''].join(delimiter),
    LD_LIBRARY_PATH: [root, join(root, 'lib'), ...paths('lib')].join(delimiter),
    ...(api === 'lambda' ? { LAMBDA_TASK_ROOT: root } : { USER_CODE_ROOT: root }),
    ...(api === 'scf' && SCF_HANDLER !== undefined ? { _HANDLER: SCF_HANDLER } : {}),
  };
}
