import { join } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import type { NodeEntry, PythonEntry } from '../../runtimes/entry.ts';
import type { FunctionSpec } from '../types.ts';
import { commandInstance } from './command-instance.ts';
import { eventInstance } from './event-instance.ts';
import type { Instance } from './instance.ts';
import { baseEnvironment, type InstanceProcess, startProcess } from './process.ts';

export type LineListener = (instance: Instance, stream: 'stdout' | 'stderr', line: string) => void;

/** A blank Node process: the runtime is loaded, no app yet. */
export interface BlankNode {
  process: InstanceProcess;
  cwd: string;
  env: Record<string, string>;
}

/**
 * Starts a Node runtime process without an app. `instanceStarter` turns it into an instance when
 * folder and environment fit, and saves the time it took to boot.
 */
export function startBlankNode(cwd: string, env: Record<string, string>): BlankNode {
  return { process: startNode(cwd, { ...baseEnvironment(), ...env }, []), cwd, env };
}

/** Returns a function that starts instances of `spec`; the first may take over the blank process. */
export function instanceStarter(
  spec: () => FunctionSpec,
  onLine: LineListener,
  takeBlank: () => BlankNode | undefined,
): () => Instance {
  let count = 0;
  return () => {
    const current = spec();
    count += 1;
    const instance = startInstance(`${current.name}-${count}`, current, takeBlank(), (stream, line) =>
      onLine(instance, stream, line),
    );
    return instance;
  };
}

function startInstance(
  id: string,
  spec: FunctionSpec,
  blank: BlankNode | undefined,
  onLine: (stream: 'stdout' | 'stderr', line: string) => void,
): Instance {
  const { entry } = spec;
  const env = { ...baseEnvironment(), ...(entry.runtime === 'python' ? entry.env : {}), ...spec.env };
  if (entry.runtime === 'command') {
    blank?.process.kill();
    return commandInstance(id, { ...spec, entry }, env, onLine);
  }
  const child =
    entry.runtime === 'python' ? startPython(spec, entry, env) : takeNode(spec, entry, env, blank);
  if (entry.runtime === 'python') blank?.process.kill();
  const instance = eventInstance(id, child, { ...spec, entry });
  // Listening starts after the instance exists; lines written before are kept by the process.
  queueMicrotask(() =>
    child.onLine((stream, line) => {
      if (!DEBUGGER_NOISE.test(line)) onLine(stream, line);
    }),
  );
  return instance;
}

/** What Node prints when paused-stack.ts asks a hanging app where it is. */
const DEBUGGER_NOISE = /^(Debugger (listening on|ending on|attached)|For help, see: https:\/\/nodejs\.org)/;

function startPython(spec: FunctionSpec, entry: PythonEntry, env: Record<string, string>): InstanceProcess {
  if (spec.interpreter === undefined)
    throw new Error(`function ${spec.name}: a Python entry needs an interpreter`);
  return startProcess({
    command: spec.interpreter,
    // -u: what the app prints is shown when it prints it.
    args: ['-u', join(packageRoot, 'src/runtimes/python/start.py')],
    cwd: entry.root,
    env,
  });
}

function takeNode(
  spec: FunctionSpec,
  entry: NodeEntry,
  env: Record<string, string>,
  blank: BlankNode | undefined,
): InstanceProcess {
  const fits =
    blank !== undefined &&
    entry.nodeOptions.length === 0 &&
    blank.cwd === entry.root &&
    JSON.stringify(blank.env) === JSON.stringify(spec.env);
  if (fits) return blank.process;
  blank?.process.kill();
  return startNode(entry.root, env, entry.nodeOptions);
}

function startNode(cwd: string, env: Record<string, string>, nodeOptions: string[]): InstanceProcess {
  return startProcess({
    command: process.execPath,
    // A port of its own for the debugger, so that a hanging app can be asked where it is.
    args: [
      '--inspect-port=127.0.0.1:0',
      ...nodeOptions,
      join(packageRoot, 'dist/runtimes/node/instance/main.js'),
    ],
    cwd,
    env,
  });
}
