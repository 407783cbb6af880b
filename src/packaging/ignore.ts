import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import createIgnore, { type Ignore } from 'ignore';

/** What no package needs, whatever the app: version control, environments, caches, what editors and systems leave. */
const NEVER = [
  '.git/',
  '.hg/',
  '.svn/',
  '.ropeway/',
  '.serverless/',
  '.venv/',
  'venv/',
  '/env/bin/python',
  '__pycache__/',
  '*.py[cod]',
  '.pytest_cache/',
  '.mypy_cache/',
  '.ruff_cache/',
  '.tox/',
  '.nox/',
  '.coverage',
  '.nyc_output/',
  '.idea/',
  '.vscode/',
  '.DS_Store',
  'Thumbs.db',
  '*.swp',
  'node_modules/',
  '.ropewayignore',
];

/** What may hold secrets: left out, and told. */
const SECRETS = [
  '.env',
  '.env.*',
  '!.env.example',
  '*.pem',
  '*.key',
  'id_rsa',
  'id_ed25519',
  '.npmrc',
  '.pypirc',
  '.netrc',
];

export interface IgnoreRules {
  /** Of a path in the folder with forward slashes; a folder's ends with one. */
  leavesOut(path: string): 'no' | 'yes' | 'secret';
}

/** `.ropewayignore` and `exclude` have the syntax of .gitignore; `!name` brings back what is left out by default. */
export function ignoreRules(dir: string, exclude: readonly string[]): IgnoreRules {
  const file = join(dir, '.ropewayignore');
  const own = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // The old components wrote ./tests/** for what is tests/** here.
  const excluded = exclude.map((pattern) => pattern.replace(/^(!?)\.\//, '$1/'));
  const rules = (defaults: readonly string[]): Ignore =>
    createIgnore()
      .add([...defaults])
      .add(own)
      .add(excluded);
  const all = rules([...NEVER, ...SECRETS]);
  const withoutSecrets = rules(NEVER);
  return {
    leavesOut: (path) => {
      if (!all.ignores(path)) return 'no';
      return withoutSecrets.ignores(path) ? 'yes' : 'secret';
    },
  };
}
