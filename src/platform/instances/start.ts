import { join } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import type { NodeEntry, PythonEntry } from '../../runtimes/entry.ts';
import type { FunctionSpec } from '../types.ts';
import { startNodeRuntime, takeBlankNode } from './blank-node.ts';
import { commandInstance } from './command-instance.ts';
import { eventInstance } from './event-instance.ts';
import type { Instance } from './instance.ts';
import { baseEnvironment, type InstanceProcess, startProcess } from './process.ts';

let count = 0;

/** Starts an instance of a function; it loads the app at once. Never throws: `ready` rejects. */
export function startInstance(spec: FunctionSpec): Instance {
  const { entry } = spec;
  count += 1;
  const id = `${spec.name}-${count}`;
  const env = { ...baseEnvironment(), ...(entry.runtime === 'python' ? entry.env : {}), ...spec.env };
  if (entry.runtime === 'command') return commandInstance(id, { ...spec, entry }, env);
  const child = entry.runtime === 'python' ? startPython(spec, entry, env) : takeNode(entry, env);
  return eventInstance(id, child, { ...spec, entry }, env);
}

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

/** The process booted ahead, unless the app needs options or variables that Node reads when it starts. */
function takeNode(entry: NodeEntry, env: Record<string, string>): InstanceProcess {
  const plain = entry.nodeOptions.length === 0 && !Object.keys(env).some((name) => name.startsWith('NODE_'));
  const booted = plain ? takeBlankNode() : undefined;
  return booted ?? startNodeRuntime(entry.nodeOptions, entry.root, env);
}
