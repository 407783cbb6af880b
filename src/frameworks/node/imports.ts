import type { Token } from './tokens.ts';

/** One `import`, `require` or dynamic `import()` with a literal name. */
export interface Import {
  /** As written: `express`, `./app`. */
  specifier: string;
  line: number;
  /** Local names and what they stand for: a dotted path into the module, `''` for all of it. */
  names: { local: string; path: string }[];
  /** Token indices of a `require(…)` or `import(…)` expression; absent for import declarations. */
  expression?: { start: number; end: number };
}

/** The imports of a source in their order. Type-only imports are left out: they do not exist at run time. */
export function readImports(tokens: Token[]): Import[] {
  const imports: Import[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== 'name' || isMember(tokens, index)) continue;
    const found =
      token.text === 'require' || token.text === 'import'
        ? (importCall(tokens, index) ?? importDeclaration(tokens, index))
        : token.text === 'export'
          ? reExport(tokens, index)
          : undefined;
    if (found !== undefined) imports.push(found);
  }
  return imports;
}

/** Whether the name at `index` is a property, as in `a.name`. */
export function isMember(tokens: Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return tokens[index - 1]?.kind === 'punctuator' && (before === '.' || before === '?.');
}

/**
 * Widens the expression `start`…`end` (exclusive) over property accesses, grouping parentheses and
 * the wrappers that compilers put around imports, and collects the property path.
 */
export function widen(
  tokens: Token[],
  expression: { start: number; end: number },
): { start: number; end: number; path: string[] } {
  let { start, end } = expression;
  const path: string[] = [];
  for (;;) {
    const next = tokens[end]?.text;
    const property = tokens[end + 1];
    if ((next === '.' || next === '?.') && property?.kind === 'name') {
      path.push(property.text);
      end += 2;
      continue;
    }
    const group = next === ')' ? groupStart(tokens, start) : undefined;
    if (group === undefined) return { start, end, path };
    start = group;
    end += 1;
  }
}

const compilerWrapper = /^(__import(Default|Star)|_*interop_?[rR]equire_?([dD]efault|[wW]ildcard))$/;
const beforeGroup = new Set(['return', 'await', 'new', 'default', 'typeof', 'void']);

/** Where the parenthesis begins that holds nothing before `start`: `(x`, `(await x`, `(0, x`, `wrap(x`. */
function groupStart(tokens: Token[], start: number): number | undefined {
  let open = start - 1;
  if (tokens[open]?.text === 'await') open -= 1;
  if (tokens[open]?.text === ',' && tokens[open - 1]?.text === '0') open -= 2;
  if (tokens[open]?.text !== '(' || tokens[open]?.kind !== 'punctuator') return undefined;
  const before = tokens[open - 1];
  if (before?.kind !== 'name') return before?.text === ')' || before?.text === ']' ? undefined : open;
  if (compilerWrapper.test(before.text)) {
    return isMember(tokens, open - 1) ? open - 3 : open - 1;
  }
  // `new (require('koa'))()`: the group is what is constructed.
  return beforeGroup.has(before.text) ? open : undefined;
}

/** `require('x')`, `import('x')`, with the names it is assigned to. */
function importCall(tokens: Token[], index: number): Import | undefined {
  const name = tokens[index + 2];
  if (tokens[index + 1]?.text !== '(' || name?.kind !== 'string') return undefined;
  const after = tokens[index + 3]?.text;
  if (after !== ')' && after !== ',') return undefined;
  const call = { start: index, end: after === ')' ? index + 4 : closing(tokens, index + 1) + 1 };
  const whole = widen(tokens, call);
  const line = tokens[index]?.line ?? 1;
  const names = isCalled(tokens, whole.end) ? [] : assigned(tokens, whole.start, whole.path.join('.'));
  return { specifier: name.text, line, names, expression: call };
}

function isCalled(tokens: Token[], end: number): boolean {
  // A parenthesis on the next line after `require('x')` is a new statement in code without semicolons
  // only by mistake: JavaScript calls it, so do we.
  return tokens[end]?.text === '(' && tokens[end]?.kind === 'punctuator';
}

function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const text = tokens[index]?.kind === 'punctuator' ? tokens[index]?.text : undefined;
    if (text === '(') depth += 1;
    if (text === ')' && --depth === 0) return index;
  }
  return tokens.length;
}

/** The names on the left of `= <expression at start>`. */
function assigned(tokens: Token[], start: number, path: string): Import['names'] {
  let equals = start - 1;
  if (tokens[equals]?.text === 'await') equals -= 1;
  if (tokens[equals]?.text !== '=') return [];
  const target = tokens[equals - 1];
  if (target?.kind === 'name') return [{ local: target.text, path }];
  if (target?.text !== '}') return [];
  let open = equals - 2;
  while (open > 0 && tokens[open]?.text !== '{') open -= 1;
  return braceNames(tokens.slice(open + 1, equals - 1), ':').map((name) => ({
    local: name.local,
    path: path === '' ? name.path : `${path}.${name.path}`,
  }));
}

/** `a, b as c` or `a, b: c` between braces. */
function braceNames(inside: Token[], separator: 'as' | ':'): Import['names'] {
  const names: Import['names'] = [];
  for (const part of splitAtCommas(inside)) {
    const words = part[0]?.text === 'type' && part[1]?.kind === 'name' && part[1].text !== 'as' ? [] : part;
    const [exported, middle, local] = words;
    if (exported === undefined) continue;
    const renamed = middle?.text === separator && local !== undefined;
    names.push({ local: renamed ? local.text : exported.text, path: exported.text });
  }
  return names;
}

function splitAtCommas(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ',' && token.kind === 'punctuator') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** `import a, { b as c } from 'x'`, `import * as a from 'x'`, `import 'x'`. */
function importDeclaration(tokens: Token[], index: number): Import | undefined {
  if (tokens[index]?.text !== 'import') return undefined;
  const clause = clauseBefore(tokens, index + 1);
  if (clause === undefined) return undefined;
  const words = clause.tokens;
  if (words[0]?.text === 'type' && words.length > 2 && words[1]?.text !== ',') return undefined;
  const line = tokens[index]?.line ?? 1;
  const names: Import['names'] = [];
  if (words[0]?.kind === 'name' && words[0].text !== 'from')
    names.push({ local: words[0].text, path: 'default' });
  const star = words.findIndex((word) => word.text === '*');
  const all = words[star + 2];
  if (star >= 0 && all !== undefined) names.push({ local: all.text, path: '' });
  const open = words.findIndex((word) => word.text === '{');
  const close = words.findIndex((word) => word.text === '}');
  if (open >= 0 && close > open) names.push(...braceNames(words.slice(open + 1, close), 'as'));
  return { specifier: clause.specifier, line, names };
}

/** `export * from './x'`, `export { a } from './x'`: followed like an import, binds nothing. */
function reExport(tokens: Token[], index: number): Import | undefined {
  const next = tokens[index + 1]?.text;
  if (next !== '*' && next !== '{') return undefined;
  const clause = clauseBefore(tokens, index + 1);
  if (clause === undefined) return undefined;
  return { specifier: clause.specifier, line: tokens[index]?.line ?? 1, names: [] };
}

/** The tokens up to the module's name; undefined when this is no import clause after all. */
function clauseBefore(tokens: Token[], from: number): { tokens: Token[]; specifier: string } | undefined {
  for (let index = from; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) return undefined;
    if (token.kind === 'string') {
      const before = tokens[index - 1]?.text;
      if (before !== 'from' && before !== 'import') return undefined;
      return { tokens: tokens.slice(from, index), specifier: token.text };
    }
    const isClause = token.kind === 'name' || ['{', '}', ',', '*'].includes(token.text);
    const ended = tokens[index - 1]?.text === '}' && token.text !== 'from';
    if (!isClause || ended) return undefined;
  }
  return undefined;
}
