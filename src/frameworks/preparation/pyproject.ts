import { dirname } from 'node:path';

import { parse } from 'smol-toml';

import { specified, type Requirements } from './requirements.ts';
import { tableSpecifiers, type TableDependencies } from './tables.ts';

interface Pyproject {
  project?: { dependencies?: string[] };
  tool?: { poetry?: { dependencies?: TableDependencies } };
}

/** `[project].dependencies`, else those of Poetry. */
export function readPyproject(file: string, text: string): Requirements {
  const { project, tool } = parse(text) as Pyproject;
  const table = tool?.poetry?.dependencies ?? {};
  return specified(file, project?.dependencies ?? tableSpecifiers(table, dirname(file)));
}

/** Normalised names of what pyproject.toml asks for. Throws when it cannot be parsed. */
export function dependencyNames(text: string): Set<string> {
  const { project, tool } = parse(text) as Pyproject;
  const listed = (project?.dependencies ?? []).map((one) => /^\s*([\w.-]+)/.exec(one)?.[1] ?? '');
  const names = [...listed, ...Object.keys(tool?.poetry?.dependencies ?? {})];
  return new Set(names.map(normalName));
}

/** PEP 503: `Flask_SQLAlchemy` is `flask-sqlalchemy`. */
export function normalName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}
