import type { Entry } from '../../runtimes/entry.ts';
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
  const { entry, interpreter, note } = entryOf(spec, folderOf(spec.code));
  const layers = spec.layers.map(folderOf);
  const isPython = entry.runtime === 'python';
  return {
    function: {
      name: spec.name,
      entry: isPython ? withLibraries(entry, layers) : entry,
      ...(interpreter === undefined ? {} : { interpreter }),
      env: isPython ? spec.env : { ...libraryPaths(layers), ...spec.env },
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
