import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import type { PythonEntry } from '../../runtimes/entry.ts';
import type { PackFile } from '../files/pack-file.ts';
import { madeFile } from './made-file.ts';

/** Folder in a package that is ours. */
const OURS = '_ropeway';
/** What an instance of the platform has, and a function in a cloud does not need. */
const LEFT_OUT = new Set([
  'drop_in.py',
  'mixin.py',
  'instance/diagnosis.py',
  'instance/framing.py',
  'instance/hazards.py',
  'instance/leaving.py',
  'instance/main.py',
  'instance/pages.py',
  'instance/routes.py',
  'instance/serving.py',
  'instance/serving_asgi.py',
  'instance/sockets.py',
  'instance/sources.py',
  'instance/template.py',
  'instance/warming.py',
]);

/** The handler file, and the adapter that it calls. */
export function pythonHandler(entry: PythonEntry): PackFile[] {
  return [
    madeFile(
      'ropeway_handler.py',
      `${HEAD}
from ropeway_runtime.function import main_handler as make

handler = main_handler = make(${literal(entry)}, ROOT)
`,
    ),
    ...adapterFiles(),
  ];
}

/** `ropeway_app.py`, whose `app` a server can load, for apps that only running their script makes. */
export function pythonApp(entry: PythonEntry): PackFile[] {
  return [
    madeFile(
      'ropeway_app.py',
      `${HEAD}
from ropeway_runtime.function import load_app

app, _ = load_app(${literal(entry)}, ROOT)
`,
    ),
    ...adapterFiles(),
  ];
}

const HEAD = `# Made by Ropeway.
import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(ROOT, "${OURS}"))
`;

/** The adapter, with what loads an app; as files on the disk, so that they are compiled with the app's own. */
function adapterFiles(): PackFile[] {
  const folder = join(packageRoot, 'src', 'runtimes', 'python', 'ropeway_runtime');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.py') && !LEFT_OUT.has(name))
    .map((name) => {
      const source = join(folder, name);
      const path = `${OURS}/ropeway_runtime/${name}`;
      return { path, source, size: statSync(source).size, executable: false };
    });
}

/** JSON, which Python reads as a dictionary but for its names of true, false and null. */
function literal({ interface: kind, from, env, root }: PythonEntry): string {
  return pythonLiteral({ interface: kind, from, env, root });
}

function pythonLiteral(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, inside]) => `${JSON.stringify(key)}: ${pythonLiteral(inside)}`,
  );
  return `{${pairs.join(', ')}}`;
}
