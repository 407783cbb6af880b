import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Ignore, Options } from 'ignore';

import { errorMessage, RopewayError } from '../../lib/errors.ts';

// Its types say `default`, its CommonJS export is the function itself.
const ignore = createRequire(import.meta.url)('ignore') as (options?: Options) => Ignore;

/** What is in the folders of apps and never a part of them, as in .gitignore. A line with `!` takes one back. */
export const BUILT_IN: readonly string[] = [
  // Version control, and what belongs to it.
  ...['.git', '.hg', '.svn', '.bzr', 'CVS/', '.gitignore', '.gitattributes', '.gitmodules', '.github/'],
  // Ours, and other tools that deploy.
  ...['.ropeway/', '.ropewayignore', '.serverless/', '.serverless_nextjs/', '.aws-sam/', '.terraform/'],
  // Packages have their own way into the package.
  'node_modules/',
  // Caches of interpreters, tests and checks.
  ...['__pycache__/', '*.pyc', '*.pyo', '.pytest_cache/', '.mypy_cache/', '.ruff_cache/', '.hypothesis/'],
  ...['.tox/', '.nox/', '.coverage', '.coverage.*', '.nyc_output/', '.ipynb_checkpoints/'],
  ...['.eslintcache', '.parcel-cache/', '.turbo/', '.cache/', '*.tsbuildinfo'],
  // Editors and systems.
  ...['.idea/', '.vscode/', '.vs/', '*.swp', '*.swo', '*~', '.DS_Store', '._*', 'Thumbs.db', 'desktop.ini'],
  ...['npm-debug.log*', 'yarn-error.log*', '.pnpm-debug.log*'],
];

/** Left out, too, but said: an app may need one. */
export const SECRETS: readonly string[] = [
  ...['.env*', '.npmrc', '.pypirc', '.netrc', '.htpasswd', '.aws/', '.ssh/'],
  ...['*.pem', '*.p12', '*.pfx', '*.jks', 'id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'],
];

export interface Rules {
  /** `path` is relative to the folder of the app, with forward slashes. */
  leavesOut(path: string, isFolder: boolean): false | 'rule' | 'secret';
}

/**
 * The built-in rules, then `.ropewayignore`, then `exclude`: what comes later wins.
 * Throws BAD_PATTERN, IGNORE_FILE.
 */
export function readRules(dir: string, exclude: readonly string[]): Rules {
  const own = [...readIgnoreFile(dir), ...exclude];
  for (const pattern of exclude) checkPattern(pattern);
  const rules = ignore({ allowRelativePaths: false }).add([...BUILT_IN, ...SECRETS, ...own]);
  const withoutSecrets = ignore().add([...BUILT_IN, ...own]);
  return {
    leavesOut: (path, isFolder) => {
      const asked = isFolder ? `${path}/` : path;
      if (!rules.ignores(asked)) return false;
      return withoutSecrets.ignores(asked) ? 'rule' : 'secret';
    },
  };
}

/** A folder that is a virtual environment, whatever it is called. */
export function isVirtualEnvironment(folder: string): boolean {
  return existsSync(join(folder, 'pyvenv.cfg')) || existsSync(join(folder, 'conda-meta'));
}

function readIgnoreFile(dir: string): string[] {
  const file = join(dir, '.ropewayignore');
  if (!existsSync(file)) return [];
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
  } catch (error) {
    throw new RopewayError({
      code: 'IGNORE_FILE',
      message: `.ropewayignore cannot be read: ${errorMessage(error)}`,
      expected: 'a text file with patterns as in .gitignore',
      cause: error,
    });
  }
}

function checkPattern(pattern: string): void {
  if (pattern.trim() !== '' && !/[\r\n\0]/.test(pattern)) return;
  throw new RopewayError({
    code: 'BAD_PATTERN',
    message: 'A pattern of files to be left out says nothing.',
    expected: 'a pattern as in .gitignore: *.csv, /data/, !keep.csv',
    got: JSON.stringify(pattern),
  });
}
