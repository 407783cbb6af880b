import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

import type { Trait } from '../traits.ts';
import { readImports } from './imports.ts';
import { resolveSource } from './resolve.ts';
import { createSource } from './traits-source.ts';
import { tokensOf } from './tokens.ts';
import { traitsOfCalls } from './traits-calls.ts';
import { traitsOfState } from './traits-state.ts';

const MAX_FILES = 1500;

/** Reads the files of an app that its main file imports, by their tokens; nothing is run. `file` is absolute. */
export function nodeTraits(dir: string, file: string): Trait[] {
  const traits: Trait[] = [];
  const queue = [file];
  const seen = new Set(queue);
  for (const path of queue) {
    const source = read(path);
    if (source === undefined) continue;
    const tokens = tokensOf(source);
    const imports = readImports(tokens);
    const name = relative(dir, path).split(sep).join('/');
    const facts = createSource(name, source, tokens, imports);
    traits.push(...traitsOfCalls(facts), ...traitsOfState(facts));
    for (const { specifier } of imports) {
      const next = localFile(path, specifier);
      if (next === undefined || seen.has(next) || seen.size >= MAX_FILES) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return traits;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function localFile(from: string, specifier: string): string | undefined {
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return undefined;
  return resolveSource(resolve(dirname(from), specifier));
}
