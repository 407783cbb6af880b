import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { nodeTraits } from '../../../frameworks/node/traits.ts';
import { pythonTraits } from '../../../frameworks/python/traits.ts';
import type { Trait } from '../../../frameworks/traits.ts';
import type { AppFacts, StaticFolder } from '../../../insight/advise/facts.ts';
import { DEFAULT_LIMITS } from '../../../platform/types.ts';
import type { Profiled } from '../../measuring/profile.ts';
import { type AppSubject, runtimeOf } from '../../measuring/subject.ts';
import { foldersNamed, folderSize, sizesBelow } from './folder-size.ts';

/** What the rules are told of an app. */
export async function gatherFacts(subject: AppSubject, profiled: Profiled | undefined): Promise<AppFacts> {
  const { dir, app, config, spec } = subject;
  const traits = await sourceTraits(subject);
  const packages = installedPackages(subject);
  return {
    app: { name: spec.name, framework: app.title, runtime: runtimeOf(subject) },
    ...(config.target === undefined ? {} : { target: config.target }),
    ...(config.memory === undefined ? {} : { memory: config.memory }),
    defaultMemory: DEFAULT_LIMITS.memory,
    hasFunctions: config.functions !== undefined,
    ...(config.concurrency === undefined ? {} : { instances: config.concurrency }),
    traits,
    staticFolders: traits
      .filter(({ kind }) => kind === 'static')
      .flatMap((trait) => staticFolders(dir, trait)),
    ...(packages === undefined ? {} : { packages }),
    ...(profiled === undefined ? {} : { profile: profiled.result }),
    paths: Object.fromEntries(
      (profiled?.requests ?? []).map(({ name, method, path }) => [name, { method, path }]),
    ),
  };
}

async function sourceTraits({ dir, app, spec }: AppSubject): Promise<Trait[]> {
  const { entry, framework } = app;
  if (entry.runtime === 'node') return nodeTraits(dir, entry.file);
  // A start command may start anything: Python's files are told where there are such.
  if (spec.interpreter === undefined) return [];
  return pythonTraits(dir, spec.interpreter, framework, entry.runtime === 'python' ? entry : undefined);
}

function staticFolders(dir: string, trait: Trait): StaticFolder[] {
  const path = trait.path ?? '';
  const found = path.startsWith('**/')
    ? foldersNamed(dir, path.slice(3))
    : [join(dir, dirname(trait.file), path), join(dir, path)].filter((one) => existsSync(one)).slice(0, 1);
  return found.flatMap((folder) => {
    const name = relative(dir, folder).split(sep).join('/');
    // The whole app, or what is outside of it, is no folder of static files.
    if (name === '' || name.startsWith('..')) return [];
    return [{ folder: name, ...folderSize(folder), trait }];
  });
}

/** What is installed in the app's own folder: of a virtual environment that others use, too, nothing could be said. */
function installedPackages({ dir, app, spec }: AppSubject): AppFacts['packages'] {
  if (app.entry.runtime === 'node') {
    const folder = join(dir, 'node_modules');
    return existsSync(folder) ? sizesBelow(folder) : undefined;
  }
  const python = spec.interpreter;
  if (python === undefined || !python.startsWith(dir + sep)) return undefined;
  const libraries = join(dirname(dirname(python)), 'lib');
  const folder = foldersNamed(libraries, 'site-packages')[0];
  return folder === undefined ? undefined : sizesBelow(folder, NOT_PACKED);
}

/** What every virtual environment has, and no package takes along. */
const NOT_PACKED = /^(?:pip|setuptools|wheel|_distutils_hack|pkg_resources)(?:-.*)?$/;
