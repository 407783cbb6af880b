import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

import { RopewayError } from '../lib/errors.ts';
import { inOrder, type PackFile } from './files.ts';
import { type IgnoreRules, ignoreRules } from './ignore.ts';

export interface CollectOptions {
  /** Absolute folder. */
  dir: string;
  exclude: readonly string[];
  /** Paths, meant from `dir`, that are packed whatever is left out; those from outside by their last name. */
  include: readonly string[];
  onNotice(message: string): void;
}

/** The files of a folder that belong into its package. Throws INCLUDE_MISSING, LINK_OUTSIDE. */
export function collectFiles({ dir, exclude, include, onNotice }: CollectOptions): PackFile[] {
  const root = realpathSync(dir);
  const rules = ignoreRules(root, exclude);
  const secrets: string[] = [];
  const files = walk(root, root, '', rules, secrets);
  if (secrets.length > 0) onNotice(`left out, since they may hold secrets: ${secrets.sort().join(', ')}`);
  return inOrder([...files, ...include.flatMap((path) => included(root, path))]);
}

/** Everything in a folder, under `prefix`, without any rule but that of links. */
export function allFiles(folder: string, prefix: string): PackFile[] {
  const root = realpathSync(folder);
  return walk(root, root, prefix, { leavesOut: () => 'no' }, []);
}

function walk(
  root: string,
  folder: string,
  prefix: string,
  rules: IgnoreRules,
  secrets: string[],
): PackFile[] {
  const files: PackFile[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const own = relative(root, path).split(sep).join('/');
    const verdict = rules.leavesOut(stat.isDirectory() ? `${own}/` : own);
    if (verdict === 'secret') secrets.push(own);
    if (verdict !== 'no') continue;
    const packed = prefix === '' ? own : `${prefix}/${own}`;
    if (stat.isDirectory()) files.push(...walk(root, path, prefix, rules, secrets));
    else if (stat.isSymbolicLink()) files.push(...linked(root, path, packed));
    // Sockets, pipes and devices are nothing that can be packed.
    else if (stat.isFile()) files.push(packFile(path, packed));
  }
  return files;
}

/** A link that stays inside is kept as a link; one that leads out, or nowhere, is refused. */
function linked(root: string, path: string, name: string): PackFile[] {
  const target = readlinkSync(path);
  const end = resolve(dirname(path), target);
  const isInside = `${end}${sep}`.startsWith(root + sep) && existsSync(path);
  if (isInside)
    return [{ name, content: Buffer.from(relative(dirname(path), end).split(sep).join('/')), kind: 'link' }];
  throw new RopewayError({
    code: 'LINK_OUTSIDE',
    message: `${name} is a link that leads out of the folder, or nowhere.`,
    expected: 'links inside of the folder',
    got: target,
    fix: `leave it out (\`exclude: [${name}]\` or .ropewayignore), or put what it leads to into the folder`,
  });
}

function included(root: string, path: string): PackFile[] {
  const absolute = resolve(root, path);
  if (!existsSync(absolute)) {
    throw new RopewayError({
      code: 'INCLUDE_MISSING',
      message: 'What `include` names is not there.',
      expected: 'a file or folder, meant from the folder of the app',
      got: path,
    });
  }
  const inside = relative(root, absolute).split(sep).join('/');
  const name = inside.startsWith('..') ? basename(absolute) : inside;
  return statSync(absolute).isDirectory() ? allFiles(absolute, name) : [packFile(absolute, name)];
}

/** Names that a cloud starts as programs, whatever their bits say after Windows. */
const PROGRAMS = new Set(['scf_bootstrap', 'bootstrap']);

export function packFile(path: string, name: string): PackFile {
  const isProgram = (statSync(path).mode & 0o111) !== 0 || PROGRAMS.has(name) || hasShebang(path, name);
  return { name, path, kind: isProgram ? 'executable' : 'file' };
}

function hasShebang(path: string, name: string): boolean {
  return name.endsWith('.sh') && readFileSync(path).subarray(0, 2).toString('latin1') === '#!';
}
