import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { FailureKind, StartMessage } from '../messages.ts';
import type { Channel } from './channel.ts';
import { type LoadedComponent, methodNames, muted } from './core-shim.ts';
import { describe, RunFailure } from './failures.ts';
import { createInstance, type Instance } from './instance.ts';
import { hookModules } from './modules.ts';
import { providedChild } from './provided.ts';

type ComponentClass = new (id: string, instance: Instance) => LoadedComponent;

/** Loads the component and runs one of its methods. Throws RunFailure. */
export async function runMethod(start: StartMessage, channel: Channel): Promise<unknown> {
  const instance = createInstance(start, channel);
  hookModules({
    folder: start.folder,
    root: start.root,
    hasTencentCredentials: hasKeys(start.credentials['tencent']),
    async load(original, name, alias) {
      if (!(await channel.ask({ ask: 'provides', name }))) return original(name, alias);
      const id = `${this.id}.${alias ?? className(name)}`;
      return muted(await providedChild(name, id, instance, channel));
    },
  });
  const Class = loadClass(start.folder);
  const component = await failing('component', async () => {
    const made = new Class(start.id, instance);
    await made.init();
    return made;
  });
  const run = findMethod(component, Class, start.method);
  return failing('component', async () => run(start.inputs ?? {}));
}

/** What children are named after: their class. One that is not loaded has none, but ids must be the same whoever provides it. */
const CLASS_NAMES: Record<string, string> = {
  '@serverless/tencent-scf': 'TencentCloudFunction',
  '@serverless/tencent-apigateway': 'TencentApiGateway',
  '@serverless/tencent-cos': 'TencentCOS',
  '@serverless/tencent-website': 'Website',
  '@serverless/tencent-layer': 'TencentLayer',
  '@serverless/tencent-cdn': 'TencentCdn',
};

function className(name: string): string {
  return CLASS_NAMES[name] ?? name.slice(name.lastIndexOf('/') + 1);
}

function hasKeys(credentials: Record<string, string> | undefined): boolean {
  return Boolean(credentials?.['SecretId'] && credentials['SecretKey']);
}

function loadClass(folder: string): ComponentClass {
  const file = join(folder, 'serverless.js');
  const require = createRequire(file);
  let exported: unknown;
  try {
    exported = require(existsSync(file) ? file : folder);
  } catch (error) {
    throw new RunFailure(describe('not-loaded', error));
  }
  const Class = typeof exported === 'function' ? exported : (exported as { default?: unknown })?.default;
  if (typeof Class === 'function' && hasCoreMethods(Class.prototype)) return Class as ComponentClass;
  throw new RunFailure({
    kind: 'not-a-component',
    message: 'What it exports is not a class that extends Component of @serverless/core.',
  });
}

function hasCoreMethods(prototype: unknown): boolean {
  const made = prototype as Record<string, unknown> | undefined;
  return ['init', 'save', 'load'].every((name) => typeof made?.[name] === 'function');
}

function findMethod(
  component: LoadedComponent,
  Class: ComponentClass,
  method: string,
): (inputs: unknown) => unknown {
  if (method === 'default') return component;
  const own = methodNames(Object.create(Class.prototype as object) as object).filter(
    (name) => !['init', 'save', 'load'].includes(name),
  );
  const found = component[method];
  if (own.includes(method) && typeof found === 'function') return found as (inputs: unknown) => unknown;
  throw new RunFailure({ kind: 'no-such-method', message: `There is no "${method}".`, expected: own });
}

async function failing<T>(kind: FailureKind, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new RunFailure(describe(kind, error));
  }
}
