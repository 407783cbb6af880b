import { dirname } from 'node:path';

import { parse } from 'smol-toml';

import { specified, type Requirements } from './requirements.ts';
import { tableSpecifiers, type TableDependencies } from './tables.ts';

/** The packages of a Pipfile that are not for development. */
export function readPipfile(file: string, text: string): Requirements {
  const { packages = {} } = parse(text) as { packages?: TableDependencies };
  return specified(file, tableSpecifiers(packages, dirname(file)));
}

/** The pinned packages of a Pipfile.lock that are not for development; it has the form of Pipfile's tables. */
export function readPipfileLock(file: string, text: string): Requirements {
  const lock = JSON.parse(text) as { default?: TableDependencies };
  return specified(file, tableSpecifiers(lock.default ?? {}, dirname(file)));
}
