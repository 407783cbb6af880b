/**
 * Module hooks, on a thread of their own: they note who imports an ES module, and put a word before and after its own lines that tells
 * when these run (see preload.ts). Line numbers stay as they are.
 */
import { openSync, writeSync } from 'node:fs';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

/** What is ours is no affair of the app: `dist/` of this package. */
const OURS = new URL('../../../', import.meta.url).href;
let out = -1;
const known = new Set<string>();

export const initialize: InitializeHook<{ record: string }> = ({ record }) => {
  out = openSync(record, 'a', 0o600);
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  if (context.parentURL !== undefined && !known.has(resolved.url)) {
    known.add(resolved.url);
    writeSync(out, `${JSON.stringify(['e', resolved.url, context.parentURL])}\n`);
  }
  return resolved;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (url.startsWith(OURS)) return loaded;
  if (loaded.format !== 'module' || loaded.source === undefined || !url.startsWith('file:')) return loaded;
  const source =
    typeof loaded.source === 'string'
      ? loaded.source
      : Buffer.from(loaded.source as Uint8Array).toString('utf8');
  return { ...loaded, source: framed(source, url) };
};

/** A source that says when its own lines begin and when they are through. */
export function framed(source: string, url: string): string {
  const tell = (what: 'start' | 'end'): string =>
    `globalThis[Symbol.for("ropeway.imports")]?.${what}(${JSON.stringify(url)});`;
  // A first line `#!/usr/bin/env node` must stay the first.
  const [, first = '', rest = ''] = /^(#!.*(?:\r?\n|$))?([\s\S]*)$/.exec(source) ?? [];
  return `${first}${tell('start')}${rest}\n;${tell('end')}`;
}
