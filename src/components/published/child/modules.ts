import Module, { createRequire } from 'node:module';
import { join, sep } from 'node:path';

import { coreShim, type LoadedComponent } from './core-shim.ts';
import { RunFailure } from './failures.ts';

const CORE = '@serverless/core';

/** What logs in: loaded means that the component will want an account before anything else. */
const LOG_IN = new Set(['serverless-tencent-auth-tool', 'tencent-login', '@tencent-sdk/login']);

interface ModuleHooks {
  _resolveFilename(request: string, parent: NodeJS.Module | undefined, ...rest: unknown[]): string;
  _load(request: string, parent: NodeJS.Module | undefined, ...rest: unknown[]): unknown;
}

export interface LoadHooks {
  folder: string;
  root: string;
  hasTencentCredentials: boolean;
  /** Takes the place of `load` of every copy of the core. */
  load(
    this: { id: string },
    original: (name: string, alias?: string) => Promise<LoadedComponent>,
    name: string,
    alias?: string,
  ): Promise<LoadedComponent>;
}

/** From now on `require('@serverless/core')` finds a core, children are also looked for beside the component and in the project, and nobody logs in. */
export function hookModules(hooks: LoadHooks): void {
  const modules = Module as unknown as ModuleHooks;
  const { _resolveFilename: resolve, _load: load } = modules;
  const shim = coreShim(hooks.folder);
  const seen = new WeakSet<object>();

  modules._resolveFilename = function resolveFilename(request, parent, ...rest) {
    try {
      return resolve.call(this, request, parent, ...rest);
    } catch (error) {
      // A core in a store of its own does not see what stands beside the component that it loads children for.
      if (isMissing(error) && isBare(request) && isCore(parent)) {
        const found = resolveFrom([hooks.folder, hooks.root], request);
        if (found !== undefined) return found;
      }
      throw error;
    }
  };

  modules._load = function loadModule(request, parent, ...rest) {
    if (LOG_IN.has(request) && !hooks.hasTencentCredentials) throw credentialsNeeded();
    const loaded = request === CORE ? loadCore(parent, rest) : load.call(this, request, parent, ...rest);
    if (request === CORE) adopt(loaded);
    return loaded;
  };

  function loadCore(parent: NodeJS.Module | undefined, rest: unknown[]): unknown {
    try {
      return load.call(modules, CORE, parent, ...rest);
    } catch (error) {
      if (isMissing(error) && error.message.includes(`'${CORE}'`)) return shim;
      throw error;
    }
  }

  function adopt(core: unknown): void {
    const prototype = (core as { Component?: { prototype?: { load?: unknown } } }).Component?.prototype;
    if (prototype === undefined || seen.has(prototype)) return;
    seen.add(prototype);
    const original = prototype.load as (name: string, alias?: string) => Promise<LoadedComponent>;
    prototype.load = async function loadChild(this: { id: string }, name: string, alias?: string) {
      return hooks.load.call(this, original.bind(this as never), name, alias);
    };
  }
}

/** Before it shows a QR code. */
function credentialsNeeded(): RunFailure {
  return new RunFailure({ kind: 'credentials', message: 'It would ask a person to log in.' });
}

function resolveFrom(folders: string[], request: string): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'serverless.js')).resolve(request);
    } catch {
      continue;
    }
  }
  return undefined;
}

function isMissing(error: unknown): error is Error {
  return error instanceof Error && (error as { code?: string }).code === 'MODULE_NOT_FOUND';
}

function isBare(request: string): boolean {
  return !/^(\.|\/|[A-Za-z]:|node:)/.test(request);
}

/** The core, and the shim, whose `require` is made for such a path. */
function isCore(parent: NodeJS.Module | undefined): boolean {
  return parent?.filename?.includes(`${sep}@serverless${sep}core${sep}`) ?? false;
}
