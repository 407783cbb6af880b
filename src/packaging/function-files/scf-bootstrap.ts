import type { CommandEntry, NodeEntry, PythonEntry } from '../../runtimes/entry.ts';
import type { PackFile } from '../files/pack-file.ts';
import { madeFile } from './made-file.ts';

/** Requests that one instance of a web function takes at once; its server has as many threads. */
const THREADS = 8;
/** Gunicorn's own time-out is not to end what the function's would let go on. */
const NO_TIMEOUT = 0;

/**
 * `scf_bootstrap` of a web function (Tencent Cloud, doc 583/56123): at the root, mode 755, an absolute interpreter, a server on port 9000. `PORT`
 * is 9000 unless it is set: on one machine there can be several.
 */
export function scfBootstrap(lines: string[], root: string): PackFile {
  const script = [
    '#!/bin/bash',
    '# Made by Ropeway.',
    'export PORT="${PORT:-9000}"',
    // Nothing else can be written to there. What servers keep at home (gunicorn its control socket) is each instance's own on one machine.
    'export TMPDIR="${TMPDIR:-/tmp}"',
    'export HOME="$TMPDIR"',
    'unset XDG_RUNTIME_DIR',
    'HERE="$(cd "$(dirname "$0")" && pwd)"',
    'cd "$HERE"',
    // Where the app itself is.
    ...(root === '.' ? [] : [`cd ${quoted(root)}`]),
    ...lines,
    '',
  ];
  return madeFile('scf_bootstrap', script.join('\n'), true);
}

/** Lines that start a Python app by gunicorn (WSGI) or uvicorn (ASGI). `app`: as these take it. */
export function pythonLines(
  python: string,
  { interface: kind, env, from }: PythonEntry,
  app: string,
): string[] {
  const isFactory = 'module' in from && from.factory;
  const server =
    kind === 'asgi'
      ? `-m uvicorn --host 0.0.0.0 --port "$PORT" --no-access-log${isFactory ? ' --factory' : ''} ${quoted(app)}`
      : `-m gunicorn --bind "0.0.0.0:$PORT" --workers 1 --threads ${THREADS} --timeout ${NO_TIMEOUT} ${quoted(isFactory ? `${app}()` : app)}`;
  return [
    // What the function's own configuration says goes before.
    ...Object.entries(env).map(
      ([name, value]) => `[ -n "\${${name}+x}" ] || export ${name}=${quoted(value)}`,
    ),
    'export PYTHONPATH="$PWD:$HERE:/opt/python:/opt${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1',
    `exec ${python} ${server}`,
  ];
}

/** Lines that start a Node app as its own author does. */
export function nodeLines(node: string, { file, nodeOptions }: NodeEntry): string[] {
  const options = nodeOptions.map(quoted).join(' ');
  return [
    'export NODE_PATH="$HERE/node_modules:/opt/nodejs/node_modules:/opt/node_modules${NODE_PATH:+:$NODE_PATH}"',
    `exec ${node} --require "$HERE/_ropeway/listen-on-port.cjs"${options === '' ? '' : ` ${options}`} "$HERE"/${quoted(file)}`,
  ];
}

/** Lines for an app that only its own command starts. */
export function commandLines(programs: string, { command }: CommandEntry): string[] {
  return [
    `export HOST=0.0.0.0 PATH="$HERE/node_modules/.bin:/opt/python/bin:${programs}:$PATH"`,
    'export PYTHONPATH="$HERE:/opt/python:/opt${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1',
    command,
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
