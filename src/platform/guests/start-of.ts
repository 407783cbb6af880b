import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { CustomEntry, Entry } from '../../runtimes/entry.ts';
import { pythonFor } from './interpreters.ts';
import type { GuestSpec, GuestStart } from './types.ts';
import { webCommand } from './web-command.ts';

export interface GuestEntry {
  entry: Entry | CustomEntry;
  interpreter?: string;
  /** Something that is not as in the cloud. */
  note?: string;
}

/**
 * What the platform starts for a cloud's function: its package is unpacked in `root`, its layers in `layers`, where a custom runtime may be, too.
 * Throws RUNTIME_MISSING, WEB_BOOTSTRAP.
 */
export function entryOf(
  { start, name }: Pick<GuestSpec, 'start' | 'name'>,
  root: string,
  layers: string[],
): GuestEntry {
  if (start.kind === 'handler')
    return start.language === 'python' ? pythonEntry(start, root, name) : { entry: nodeEntry(start, root) };
  if (start.kind === 'web')
    return { entry: { runtime: 'command', root, command: webCommand(root, start.file, start.port) } };
  const file = [root, ...layers].map((folder) => join(folder, start.file)).find((path) => existsSync(path));
  return { entry: { runtime: 'custom', root, file: file ?? join(root, start.file), api: start.api } };
}

type Handler = Extract<GuestStart, { kind: 'handler' }>;

/** `pkg/mod.handler` and `pkg.mod.handler` are the same. */
function pythonEntry({ handler, version }: Handler, root: string, name: string): GuestEntry {
  const [module, attribute] = parts(handler.replaceAll('/', '.'));
  const python = pythonFor(version);
  return {
    entry: {
      runtime: 'python',
      interface: 'handler',
      root,
      from: { module, attribute, factory: false },
      env: {},
      libraries: [],
    },
    interpreter: python.path,
    ...(python.version === version
      ? {}
      : {
          note: `${name} is for Python ${version}; this machine has no such one: it runs on ${python.version}`,
        }),
  };
}

const ENDINGS = ['.js', '.mjs', '.cjs', '/index.js', ''];

/** `src/app.handler`: the export `handler` of `src/app.js`, `.mjs` or `.cjs`; a file that is not there shows when it is loaded. */
function nodeEntry({ handler }: Handler, root: string): Entry {
  const slash = handler.lastIndexOf('/') + 1;
  const dot = handler.indexOf('.', slash);
  const module = dot === -1 ? handler : handler.slice(0, dot);
  const ending = ENDINGS.find((one) => existsSync(join(root, `${module}${one}`))) ?? '.js';
  return {
    runtime: 'node',
    interface: 'handler',
    root,
    file: join(root, `${module}${ending}`),
    attribute: dot === -1 ? 'handler' : handler.slice(dot + 1),
    nodeOptions: [],
  };
}

function parts(handler: string): [string, string] {
  const dot = handler.lastIndexOf('.');
  return dot === -1 ? [handler, 'handler'] : [handler.slice(0, dot), handler.slice(dot + 1)];
}
