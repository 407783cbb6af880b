import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { nearest } from '../../lib/nearest.ts';
import { RopewayError } from '../../lib/errors.ts';
import { BUILT_IN } from '../builtin/list.ts';
import type { ComponentClass } from '../component.ts';
import { isPublishedComponent } from '../published/kind.ts';
import { loadPublished } from '../published/load.ts';
import { componentFile, loadComponent } from './load-component.ts';
import { publishedComponent } from './published-component.ts';

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

/**
 * Built in, a folder or file (`./components/Foo`), a package of the project's node_modules, or `npm:name@version`; of ours, or of
 * those that were published for `@serverless/core`. Throws NO_SUCH_COMPONENT, COMPONENT.
 */
async function find(name: string, root: string): Promise<ComponentClass> {
  if (Object.hasOwn(BUILT_IN, name)) return BUILT_IN[name]!;
  if (name.startsWith('npm:')) return ofFolder(await loadPublished(name, root), name);
  const folder = isPath(name) ? resolve(root, name) : packageFolder(name, root);
  return ofFolder(folder, name);
}

function ofFolder(folder: string | undefined, name: string): ComponentClass | Promise<ComponentClass> {
  const file = folder === undefined ? undefined : componentFile(folder);
  if (folder === undefined || file === undefined) throw noSuchComponent(name);
  const isFolder = file !== folder;
  return isFolder && isPublishedComponent(folder) ? publishedComponent(folder) : loadComponent(file, name);
}

function isPath(name: string): boolean {
  return /^(\.{1,2}[/\\]|\/|[A-Za-z]:[/\\])/.test(name);
}

/** Looks upwards, as Node does; a package need not let its package.json be imported. */
function packageFolder(name: string, root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(folder) === folder) return undefined;
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
