import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import * as files from './core-files.ts';
import { type Instance, randomId } from './instance.ts';

interface Context {
  instance: Instance;
  [member: string]: unknown;
}

type ComponentClass = new (id: string, instance: Instance) => LoadedComponent;

/** What `new` of a component class gives: callable, with the class's methods and `id`, `state`, `context` on it. */
export interface LoadedComponent {
  (inputs?: unknown): unknown;
  id: string;
  state: unknown;
  context: Context;
  init(): Promise<void>;
  save(): Promise<void>;
  load(name: string, alias?: string): Promise<LoadedComponent>;
  [method: string]: unknown;
}

/** Stands in for `@serverless/core` 1.x where a component has none installed. `folder` is where its children are looked for. */
export function coreShim(folder: string): object {
  const require = createRequire(join(folder, '@serverless', 'core', 'index.js'));
  class Component {
    id: string;
    context: Context;
    state: unknown = {};

    constructor(id: string | undefined, instance: Instance) {
      this.id = id ?? this.constructor.name;
      if (typeof (this as { default?: unknown }).default !== 'function') {
        throw new Error(`Component ${this.id} has no method "default".`);
      }
      this.context = { instance };
      return callable(this) as never;
    }

    async init(): Promise<void> {
      const { instance } = this.context;
      await instance.init();
      this.state = await instance.readState(this.id);
      Object.assign(this.context, {
        credentials: instance.credentials,
        resourceId: () => instance.resourceId(),
        log: (message: unknown) => instance.log(message),
        debug: (message: unknown) => instance.debug(message),
        status: (message: unknown, entity?: string) => instance.status(message, entity ?? this.id),
        output: (key: unknown, value: unknown) => instance.output(key, value),
      });
    }

    async save(): Promise<void> {
      await this.context.instance.writeState(this.id, this.state);
    }

    async load(name: string, alias?: string): Promise<LoadedComponent> {
      const local = resolve(this.context.instance.root, name, 'serverless.js');
      const Class = require((await files.fileExists(local)) ? local : name) as ComponentClass;
      const child = new Class(`${this.id}.${alias ?? Class.name}`, this.context.instance);
      await child.init();
      return muted(child);
    }
  }
  return { Component, utils: shimUtils() };
}

/** Children speak through their parents: only `debug` is heard. */
export function muted(child: LoadedComponent): LoadedComponent {
  const silent = (): void => undefined;
  Object.assign(child.context, { log: silent, status: silent, output: silent });
  return child;
}

/** A function that runs `default`, with what the component has and does on it. */
function callable(component: object): unknown {
  const target = component as Record<string, (...args: unknown[]) => unknown>;
  const call = (inputs: unknown): unknown => target['default']!(inputs);
  for (const name of methodNames(component)) {
    Object.defineProperty(call, name, {
      value: (...args: unknown[]) => target[name]!(...args),
      configurable: true,
      writable: true,
    });
  }
  return Object.assign(call, component);
}

/** Names of the methods of an object's classes. */
export function methodNames(component: object): string[] {
  const names = new Set<string>();
  for (
    let prototype = Object.getPrototypeOf(component) as object;
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== 'constructor' && typeof value === 'function') names.add(name);
    }
  }
  return [...names];
}

function shimUtils(): Record<string, unknown> {
  const { readFileParsed, readFileParsedSync, writeFileFormatted, writeFileFormattedSync, ...same } = files;
  return {
    ...same,
    readFile: readFileParsed,
    readFileSync: readFileParsedSync,
    writeFile: writeFileFormatted,
    writeFileSync: writeFileFormattedSync,
    randomId,
    sleep: (milliseconds: number) => new Promise((done) => void setTimeout(done, milliseconds)),
  };
}
