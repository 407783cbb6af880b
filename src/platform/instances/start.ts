import { join } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import type { NodeEntry, PythonEntry } from '../../runtimes/entry.ts';
import { openEnclosure } from '../limits/enclosure.ts';
import type { FunctionSpec } from '../types.ts';
import { startNodeRuntime, takeBlankNode } from './blank-node.ts';
import { commandInstance } from './command-instance.ts';
import { customInstance } from './custom-instance.ts';
import { eventInstance, type EventSpec, initMessage } from './event-instance.ts';
import type { Instance } from './instance.ts';
import { baseEnvironment, type InstanceProcess, startProcess } from './process.ts';

let count = 0;

/** Starts an instance of a function; it loads the app at once. Never throws: `ready` rejects. */
export function startInstance(spec: FunctionSpec, spare = false): Instance {
  const { entry } = spec;
  const id = instanceId(spec);
  const enclosure = openEnclosure();
  const env = { ...instanceEnvironment(spec), ...enclosure.env };
  if (entry.runtime === 'command') return commandInstance(id, { ...spec, entry }, env, enclosure);
  if (entry.runtime === 'custom') return customInstance(id, { ...spec, entry }, env, enclosure);
  const eventSpec = { ...spec, entry };
  const blank = entry.runtime === 'node' ? takeNode(entry, env) : undefined;
  const child = blank ?? startRuntime(eventSpec, env);
  const origin = spare ? 'spare' : blank === undefined ? 'fresh' : 'blank';
  return eventInstance({ id, origin, enclosure }, child, eventSpec, { head: initMessage(eventSpec, env) });
}

/** Unique within the platform. */
export function instanceId(spec: FunctionSpec): string {
  count += 1;
  return `${spec.name}-${count}`;
}

/** The whole environment of an instance. */
export function instanceEnvironment(spec: FunctionSpec): Record<string, string> {
  return {
    ...baseEnvironment(),
    ...(spec.entry.runtime === 'python' ? spec.entry.env : {}),
    ...spec.env,
  };
}

/** A process with a runtime that has not been told anything yet. */
export function startRuntime(spec: EventSpec, env: Record<string, string>): InstanceProcess {
  return spec.entry.runtime === 'python'
    ? startPython(spec, spec.entry, env)
    : startNodeRuntime(spec.entry.nodeOptions, spec.entry.root, env);
}

function startPython(spec: FunctionSpec, entry: PythonEntry, env: Record<string, string>): InstanceProcess {
  if (spec.interpreter === undefined)
    throw new Error(`function ${spec.name}: a Python entry needs an interpreter`);
  return startProcess({
    command: spec.interpreter,
    args: [...pythonOptions(entry), join(packageRoot, 'src/runtimes/python/start.py')],
    cwd: entry.root,
    env,
  });
}

/**
 * `-u`: what the app prints is shown when it prints it. With libraries of its own `-S -s`: neither the interpreter's
 * packages nor the user's are seen, those of a virtual environment included; and `-B`: nothing is written beside them.
 */
function pythonOptions({ libraries }: PythonEntry): string[] {
  return libraries === undefined ? ['-u'] : ['-u', '-S', '-s', '-B'];
}

/** The process booted ahead, unless the app needs options or variables that Node reads when it starts. */
function takeNode(entry: NodeEntry, env: Record<string, string>): InstanceProcess | undefined {
  const plain = entry.nodeOptions.length === 0 && !Object.keys(env).some((name) => name.startsWith('NODE_'));
  return plain ? takeBlankNode() : undefined;
}
