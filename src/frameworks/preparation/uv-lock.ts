import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { parse } from 'smol-toml';

import { type Edge, reached } from './lock-walk.ts';
import { specified, type Requirements } from './requirements.ts';

interface UvPackage {
  name: string;
  version?: string;
  source?: {
    git?: string;
    url?: string;
    path?: string;
    directory?: string;
    editable?: string;
    virtual?: string;
  };
  dependencies?: UvDependency[];
  'optional-dependencies'?: Record<string, UvDependency[]>;
}

interface UvDependency {
  name: string;
  version?: string;
  marker?: string;
  extra?: string[];
}

/** What the project itself needs, not its groups for development, pinned, each with its marker. */
export function readUvLock(file: string, text: string): Requirements {
  const packages = (parse(text)['package'] ?? []) as unknown as UvPackage[];
  const members = packages.filter(({ source }) => (source?.editable ?? source?.virtual) !== undefined);
  const own = members.filter(({ source }) => (source?.editable ?? source?.virtual) === '.');
  const projects = own.length > 0 ? own : members;
  // A lock file without a project has nothing to start from: all of it then.
  const roots = projects.length > 0 ? projects : packages;
  const needed = reached(
    roots.map(({ name, version }) => toEdge({ name, ...(version === undefined ? {} : { version }) })),
    (edge) =>
      packages
        .filter(({ name, version }) => name === edge.name && version === (edge.version ?? version))
        .map((target) => ({ package: target, needs: needsOf(target, edge.extras ?? []) })),
  );
  const specifiers = [...needed]
    .filter(([target]) => !projects.includes(target) && target.source?.virtual === undefined)
    .map(([target, marker]) => pinned(target, dirname(file)) + (marker === '' ? '' : ` ; ${marker}`));
  return specified(file, specifiers);
}

function needsOf(target: UvPackage, extras: string[]): Edge[] {
  const optional = extras.flatMap((extra) => target['optional-dependencies']?.[extra] ?? []);
  return [...(target.dependencies ?? []), ...optional].map(toEdge);
}

function toEdge({ name, version, marker, extra }: UvDependency): Edge {
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(marker === undefined ? {} : { marker }),
    ...(extra === undefined ? {} : { extras: extra }),
  };
}

function pinned({ name, version, source = {} }: UvPackage, base: string): string {
  if (source.git !== undefined) {
    // `https://host/name?rev=main#<commit>`
    const [repository = ''] = source.git.split(/[?#]/);
    const commit = source.git.split('#')[1];
    return `${name} @ git+${repository}${commit === undefined ? '' : `@${commit}`}`;
  }
  if (source.url !== undefined) return `${name} @ ${source.url}`;
  const path = source.path ?? source.directory ?? source.editable;
  if (path !== undefined) return `${name} @ ${pathToFileURL(resolve(base, path)).href}`;
  return version === undefined ? name : `${name}==${version}`;
}
