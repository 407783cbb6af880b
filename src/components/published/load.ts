import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { installComponent } from './install.ts';

/** `npm:<name>@<exact version>`. */
const FROM_REGISTRY = /^npm:((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@(.*))?$/i;
const EXACT_VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * The absolute folder of what `component:` names: a relative or absolute path, a package in the project's `node_modules` (or above
 * it), or `npm:<name>@<version>`, which is installed into the cache once. Throws COMPONENT_NOT_FOUND, BAD_VERSION, INSTALL_FAILED.
 */
export async function loadPublished(name: string, root: string): Promise<string> {
  if (name.startsWith('npm:')) return fromRegistry(name);
  if (isPath(name)) return fromPath(name, root);
  return fromNodeModules(name, root);
}

function isPath(name: string): boolean {
  return /^\.{1,2}([/\\]|$)/.test(name) || isAbsolute(name);
}

function fromPath(name: string, root: string): string {
  const folder = resolve(root, name);
  if (isComponentFolder(folder)) return folder;
  throw new RopewayError({
    code: 'COMPONENT_NOT_FOUND',
    message: `There is no component at ${name}.`,
    expected: `a folder with serverless.js or package.json: ${folder}`,
    got: existsSync(folder) ? 'a folder without them' : 'no such folder',
    fix: 'mend the path; it is meant from the folder of the serverless.yml',
  });
}

function fromNodeModules(name: string, root: string): string {
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (isComponentFolder(found)) return found;
    if (dirname(folder) === folder) break;
  }
  throw new RopewayError({
    code: 'COMPONENT_NOT_FOUND',
    message: `There is no component ${name} in node_modules.`,
    expected: `an installed package, ./<folder>, or npm:${name}@<version>`,
    fix: `run npm install ${name}, or write component: 'npm:${name}@<version>'`,
  });
}

function isComponentFolder(folder: string): boolean {
  return ['serverless.js', 'package.json'].some((file) => existsSync(join(folder, file)));
}

async function fromRegistry(reference: string): Promise<string> {
  const [, name, version] = FROM_REGISTRY.exec(reference) ?? [];
  if (name === undefined) {
    throw new RopewayError({
      code: 'COMPONENT_NOT_FOUND',
      message: `${reference} names no npm package.`,
      expected: 'npm:<name>@<version>, such as npm:@serverless/tencent-scf@2.1.4',
      fix: 'mend the name',
    });
  }
  if (version === undefined || !EXACT_VERSION.test(version)) {
    throw new RopewayError({
      code: 'BAD_VERSION',
      message: `${reference} does not say which version to run.`,
      expected: `npm:${name}@<version>, with an exact version such as 2.1.4`,
      got: version === undefined || version === '' ? 'no version' : version,
      fix: `npm view ${name} versions shows which there are`,
    });
  }
  return installComponent(name, version);
}
