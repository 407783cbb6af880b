import type { Trait } from '../traits.ts';
import { type Import, isMember } from './imports.ts';
import type { Token } from './tokens.ts';

/** A source file with what its names stand for. */
export interface Source {
  tokens: Token[];
  imports: Import[];
  /** Calls of something imported, or of a name of the language, in their order. */
  calls: Call[];
  /** Braces around a token. */
  depth(index: number): number;
  /** Where a path lies that an expression gives. */
  place(start: number): { where: 'read-only' | 'temporary' | 'unknown'; text: string };
  trait(kind: Trait['kind'], line: number, what: string, more?: Partial<Trait>): Trait;
}

export interface Call {
  /** Index of the token of its name. */
  start: number;
  /** Index of the parenthesis that opens, and of the one that closes. */
  open: number;
  close: number;
  line: number;
  /** `express-session`, `fs`; '' for names that are not imported. */
  specifier: string;
  /** `createWriteStream`, `default`; of names that are not imported the whole of it: `setInterval`, `app.get`. */
  path: string;
}

const BUILTIN = /^node:/;
/** Names that give the path that they are given. */
const SAME = new Set(['join', 'resolve', 'normalize', 'dirname', 'fileURLToPath', 'URL', 'String']);

export function createSource(file: string, text: string, tokens: Token[], imports: Import[]): Source {
  const lines = text.split(/\r?\n/);
  const depths = depthsOf(tokens);
  const assigned = constants(tokens);
  const place = (start: number, tries = 0): ReturnType<Source['place']> => {
    const token = tokens[start];
    const unknown = { where: 'unknown' as const, text: '' };
    if (token === undefined || tries > 8) return unknown;
    if (token.kind === 'string') return placeOfText(token.text);
    if (token.kind === 'other' && token.text.startsWith('`')) {
      const head = token.text.slice(1).replace(/\$\{$/, '');
      if (head === '') return withRest(place(start + 1, tries + 1));
      return withRest(placeOfText(head));
    }
    if (token.kind !== 'name') return unknown;
    if (token.text === '__dirname' || token.text === '__filename')
      return { where: 'read-only', text: restOf(start + 1) };
    if (token.text === 'new') return place(start + 1, tries + 1);
    if (token.text === 'import' && tokens[start + 2]?.text === 'meta')
      return { where: 'read-only', text: '' };
    let last = start;
    while (tokens[last + 1]?.text === '.' && tokens[last + 2]?.kind === 'name') last += 2;
    if (tokens[last + 1]?.text === '(') {
      const name = tokens[last]?.text ?? '';
      if (token.text === 'process' && name === 'cwd') return { where: 'read-only', text: '' };
      if (token.text === 'os' || name === 'tmpdir') return { where: 'temporary', text: '' };
      if (!SAME.has(name)) return unknown;
      const first = place(last + 2, tries + 1);
      // The second one of `new URL('public', import.meta.url)` is what the first is relative to.
      if (name === 'URL') return first;
      return first.where === 'read-only'
        ? { ...first, text: joined(first.text, stringsBehind(last + 1)) }
        : first;
    }
    const value = last === start ? assigned.get(token.text) : undefined;
    return value === undefined ? unknown : place(value, tries + 1);
  };
  const restOf = (index: number): string =>
    tokens[index]?.text === '+' && tokens[index + 1]?.kind === 'string'
      ? tokens[index + 1]!.text.replace(/^\//, '')
      : '';
  /** Further arguments of a call that are text. */
  const stringsBehind = (open: number): string[] =>
    topLevelArguments(tokens, open)
      .slice(1)
      .map((at) => (tokens[at]?.kind === 'string' ? tokens[at].text : '…'));
  return {
    tokens,
    imports,
    calls: callsOf(tokens, imports),
    depth: (index) => depths[index] ?? 0,
    place,
    trait: (kind, line, what, more = {}) => ({
      kind,
      file,
      line,
      text: (lines[line - 1] ?? '').trim().slice(0, 200),
      what,
      ...more,
    }),
  };
}

/** Indices of the first tokens of a call's arguments. `open`: its parenthesis. */
export function topLevelArguments(tokens: Token[], open: number): number[] {
  const close = closing(tokens, open);
  const starts: number[] = close > open + 1 ? [open + 1] : [];
  let depth = 0;
  for (let index = open + 1; index < close; index += 1) {
    const { kind, text } = tokens[index]!;
    if (kind !== 'punctuator') continue;
    if ('([{'.includes(text)) depth += 1;
    else if (')]}'.includes(text)) depth -= 1;
    else if (text === ',' && depth === 0 && index + 1 < close) starts.push(index + 1);
  }
  return starts;
}

/** Where the value of a key begins in a call's arguments, at any depth; undefined when there is no such key. */
export function valueOfKey(
  tokens: Token[],
  { open, close }: Pick<Call, 'open' | 'close'>,
  key: string,
): number | undefined {
  for (let index = open + 1; index < close; index += 1) {
    if (tokens[index]!.text !== key || isMember(tokens, index)) continue;
    const next = tokens[index + 1]?.text;
    if (next === ':') return index + 2;
    // `{ store }`
    if ((next === ',' || next === '}') && /^[{,]$/.test(tokens[index - 1]?.text ?? '')) return index;
  }
  return undefined;
}

/** A number, or a product of such: `5 * 1024 * 1024`. */
export function numberAt(tokens: Token[], start: number | undefined): number | undefined {
  if (start === undefined) return undefined;
  let product = 1;
  for (let index = start; ; index += 2) {
    const value = Number(tokens[index]?.text.replaceAll('_', ''));
    if (tokens[index]?.kind !== 'other' || !Number.isFinite(value)) return undefined;
    product *= value;
    if (tokens[index + 1]?.text !== '*') return product;
  }
}

function callsOf(tokens: Token[], imports: Import[]): Call[] {
  const known = new Map(
    imports.flatMap(({ specifier, names }) =>
      names.map(({ local, path }) => [local, { specifier, path }] as const),
    ),
  );
  const calls: Call[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]!;
    if (token.kind !== 'name' || isMember(tokens, index)) continue;
    const members: string[] = [];
    let last = index;
    while (/^\??\.$/.test(tokens[last + 1]?.text ?? '') && tokens[last + 2]?.kind === 'name') {
      members.push(tokens[last + 2]!.text);
      last += 2;
    }
    const open = last + 1;
    if (tokens[open]?.text !== '(' || tokens[open].kind !== 'punctuator') continue;
    const bound = known.get(token.text);
    const path = bound === undefined ? [token.text, ...members] : [bound.path, ...members];
    calls.push({
      start: index,
      open,
      close: closing(tokens, open),
      line: token.line,
      specifier: bound?.specifier.replace(BUILTIN, '') ?? '',
      path: path.filter((part) => part !== '' && part !== 'default').join('.') || 'default',
    });
  }
  return calls;
}

function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const { kind, text } = tokens[index]!;
    if (kind !== 'punctuator') continue;
    if (text === '(') depth += 1;
    if (text === ')' && (depth -= 1) === 0) return index;
  }
  return tokens.length;
}

function depthsOf(tokens: Token[]): number[] {
  let depth = 0;
  return tokens.map(({ kind, text }) => {
    if (kind === 'punctuator' && text === '}') depth -= 1;
    const own = depth;
    if (kind === 'punctuator' && text === '{') depth += 1;
    return own;
  });
}

/** Where the values of `const` names begin. A name that is given a value twice is left out. */
function constants(tokens: Token[]): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  tokens.forEach((token, index) => {
    if (token.text !== 'const' || token.kind !== 'name') return;
    const name = tokens[index + 1];
    if (name?.kind !== 'name' || tokens[index + 2]?.text !== '=') return;
    if (found.has(name.text)) twice.add(name.text);
    found.set(name.text, index + 3);
  });
  for (const name of twice) found.delete(name);
  return found;
}

function placeOfText(text: string): ReturnType<Source['place']> {
  if (/^\/(?:tmp|dev|proc)\b/.test(text)) return { where: 'temporary', text };
  return { where: text.includes('://') ? 'unknown' : 'read-only', text };
}

function withRest(place: ReturnType<Source['place']>): ReturnType<Source['place']> {
  return place.where === 'read-only' ? { ...place, text: `${place.text}…` } : place;
}

function joined(text: string, parts: string[]): string {
  return [text, ...parts].filter((part) => part !== '').join('/');
}
