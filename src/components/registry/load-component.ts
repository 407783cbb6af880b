import { existsSync, readFileSync, statSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import type { ComponentClass } from '../component.ts';

/** Files that a folder's component may be in, when its package.json names none. */
const MAIN_FILES = ['index.js', 'index.mjs', 'component.js', 'component.mjs', 'serverless.js', 'index.cjs'];

/** The file of a component: the path itself, or what its folder's package.json names, or a usual one. Undefined when there is none. */
export function componentFile(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  const main = manifestMain(path);
  return [...(main === undefined ? [] : [main, `${main}.js`, `${main}/index.js`]), ...MAIN_FILES]
    .map((name) => join(path, name))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Loads a component that is written for us. Throws COMPONENT. */
export async function loadComponent(file: string, name: string): Promise<ComponentClass> {
  answerToOwnName();
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    throw new RopewayError({
      code: 'COMPONENT',
      message: `The component ${name} cannot be loaded: ${errorMessage(error)}`,
      got: placeOf(error, file),
      fix: 'mend the file, or name another component',
      cause: error,
    });
  }
  const found = loaded.default ?? (loaded as Record<string, unknown>)['module.exports'];
  if (isComponentClass(found)) return found;
  throw new RopewayError({
    code: 'COMPONENT',
    message: `The component ${name} exports no component.`,
    expected:
      "`export default class … extends Component` with a method `default` (`import { Component } from 'ropeway'`)",
    got:
      found === undefined
        ? 'no default export'
        : typeof found === 'function'
          ? 'a class without `default`'
          : typeof found,
  });
}

/** By what it has, not by its parent: the project may have a copy of ours of its own. */
function isComponentClass(value: unknown): value is ComponentClass {
  return (
    typeof value === 'function' &&
    typeof (value.prototype as { default?: unknown } | undefined)?.default === 'function'
  );
}

let isRegistered = false;

/** `import 'ropeway'` works in components also where it is not installed: it is who loads them. */
function answerToOwnName(): void {
  if (isRegistered) return;
  isRegistered = true;
  const own = new URL('../../index.js', import.meta.url).href;
  const hook = `export async function resolve(specifier, context, next) {
    if (specifier !== 'ropeway') return next(specifier, context);
    try { return await next(specifier, context); } catch { return { url: ${JSON.stringify(own)}, shortCircuit: true }; }
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

function manifestMain(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    const { main, exports } = JSON.parse(readFileSync(file, 'utf8')) as { main?: unknown; exports?: unknown };
    return typeof exports === 'string' ? exports : typeof main === 'string' ? main : undefined;
  } catch {
    return undefined;
  }
}

/** `file:line` of the user's file that an error comes from, when it tells. */
function placeOf(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const line = stack.split('\n').find((one) => one.includes(file));
  return line?.trim().replace(/^at /, '') ?? file;
}
