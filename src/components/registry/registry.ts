import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { nearest } from '../../config/nearest.ts';
import { RopewayError } from '../../lib/errors.ts';
import { BUILT_IN } from '../builtin/list.ts';
import type { ComponentClass } from '../component.ts';
import { componentFile, loadComponent } from './load-component.ts';

/** Finds components by the names that files and `load` give them; each is loaded once. */
export function createRegistry(root: string): (name: string) => Promise<ComponentClass> {
  const loaded = new Map<string, Promise<ComponentClass>>();
  return (name) => {
    const before = loaded.get(name);
    if (before !== undefined) return before;
    const found = find(name, root);
    loaded.set(name, found);
    return found;
  };
}

/** Built in, a folder or file (`./components/Foo`), or a package of the project's node_modules. Throws NO_SUCH_COMPONENT, COMPONENT. */
async function find(name: string, root: string): Promise<ComponentClass> {
  if (Object.hasOwn(BUILT_IN, name)) return BUILT_IN[name]!;
  const file = isPath(name) ? componentFile(resolve(root, name)) : packageFile(name, root);
  if (file === undefined) throw noSuchComponent(name);
  return loadComponent(file, name);
}

function isPath(name: string): boolean {
  return /^(\.{1,2}[/\\]|\/|[A-Za-z]:[/\\])/.test(name);
}

function packageFile(name: string, root: string): string | undefined {
  const require = createRequire(join(root, 'package.json'));
  try {
    return componentFile(dirname(require.resolve(`${name}/package.json`)));
  } catch {
    try {
      return require.resolve(name);
    } catch {
      return undefined;
    }
  }
}

function noSuchComponent(name: string): RopewayError {
  const short = Object.keys(BUILT_IN).filter((one) => !one.startsWith('@'));
  const meant = nearest(name, Object.keys(BUILT_IN));
  return new RopewayError({
    code: 'NO_SUCH_COMPONENT',
    message: `There is no component ${name}.`,
    expected: `${short.join(', ')}, a name of the old ones (@serverless/tencent-flask…), a folder (./components/foo), or a package in node_modules`,
    got: name,
    fix:
      meant === undefined
        ? isPath(name)
          ? 'the path is meant from the folder of the file'
          : `npm install ${name}, or name another one`
        : `did you mean \`${meant}\`?`,
  });
}
