// The developer's checkouts of the two projects.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { UsageError } from './options.mjs';

const SUITES = {
  flask: {
    title: 'Flask',
    tag: '3.1.3',
    repository: 'https://github.com/pallets/flask',
    manifest: 'pyproject.toml',
    version: /^version = "(.+)"/m,
    wanted: /^3\.1(\.|$)/,
  },
  express: {
    title: 'Express',
    tag: 'v5.2.1',
    repository: 'https://github.com/expressjs/express',
    manifest: 'package.json',
    version: /"version": "(.+)"/,
    wanted: /^5\./,
  },
};

/** Name, title, folder and version of a suite. Throws `UsageError` when the checkout is not there. */
export function findSuite(folder, name) {
  const { title, tag, repository, manifest, version: pattern, wanted } = SUITES[name];
  const suite = resolve(folder, name);
  const clone = `git clone --depth 1 --branch ${tag} ${repository} ${join(folder, name)}`;
  const file = join(suite, manifest);
  if (!existsSync(file) || !existsSync(join(suite, name === 'flask' ? 'tests' : 'test'))) {
    throw new UsageError(`No checkout of ${title} in ${suite}. Make one:\n  ${clone}`);
  }
  const version = pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 'unknown';
  if (!wanted.test(version)) {
    throw new UsageError(
      `The checkout in ${suite} is ${title} ${version}; ${tag} or its like is wanted:\n  ${clone}`,
    );
  }
  return { name, title, folder: suite, version };
}
