import { isMember } from './imports.ts';
import type { Token } from './tokens.ts';

/** A name that a module exports. */
export interface Export {
  /** `default` also stands for `module.exports` as a whole. */
  name: string;
  line: number;
  /** Index of the first token of the value, or of the local name; undefined for functions and re-exports. */
  value?: number;
  /** The module it is re-exported from. */
  from?: string;
}

/** What a source exports, in CommonJS or ESM. */
export function readExports(tokens: Token[]): Export[] {
  const exported: Export[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== 'name') continue;
    if (token.text === 'exports') exported.push(...commonJsExports(tokens, index));
    if (token.text === 'export' && !isMember(tokens, index)) exported.push(...esmExports(tokens, index));
  }
  return exported;
}

/** Keys of the object literal that opens at `open`, each with the index where its value begins. */
export function objectKeys(tokens: Token[], open: number): { key: string; line: number; value: number }[] {
  const keys: { key: string; line: number; value: number }[] = [];
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind === 'punctuator' && /^[[{(]$/.test(token.text)) depth += 1;
    if (token.kind === 'punctuator' && /^[\]})]$/.test(token.text)) depth -= 1;
    if (depth === 0) break;
    const before = tokens[index - 1]?.text;
    const startsEntry = depth === 1 && (before === '{' || before === ',');
    if (!startsEntry || (token.kind !== 'name' && token.kind !== 'string')) continue;
    const keyIndex = token.text === 'async' && tokens[index + 1]?.kind === 'name' ? index + 1 : index;
    const key = tokens[keyIndex];
    if (key === undefined) break;
    keys.push({
      key: key.text,
      line: key.line,
      value: tokens[keyIndex + 1]?.text === ':' ? keyIndex + 2 : keyIndex,
    });
  }
  return keys;
}

/** `exports.a = …`, `module.exports = …`, `module.exports.a = …`; `index` is at `exports`. */
function commonJsExports(tokens: Token[], index: number): Export[] {
  const ofModule = isMember(tokens, index);
  if (ofModule && tokens[index - 2]?.text !== 'module') return [];
  const line = tokens[index]?.line ?? 1;
  const next = tokens[index + 1]?.text;
  const name = tokens[index + 2];
  if (next === '.' && name?.kind === 'name' && tokens[index + 3]?.text === '=') {
    return [{ name: name.text, line, value: index + 4 }];
  }
  if (next !== '=' || !ofModule) return [];
  const value = index + 2;
  const whole: Export = { name: 'default', line, value };
  if (tokens[value]?.text !== '{') return [whole];
  const keys = objectKeys(tokens, value);
  return [whole, ...keys.map((key) => ({ name: key.key, line: key.line, value: key.value }))];
}

/** `export default …`, `export const a = …`, `export function a`, `export { a as b }`. */
function esmExports(tokens: Token[], index: number): Export[] {
  const line = tokens[index]?.line ?? 1;
  const next = tokens[index + 1];
  if (next?.text === 'default') return [{ name: 'default', line, value: index + 2 }];
  if (next?.text === '{') return listedExports(tokens, index + 1);
  const declared = tokens.slice(index + 1, index + 5);
  const keyword = declared.findIndex((token) => /^(const|let|var|function)$/.test(token.text));
  const name = declared[keyword + 1];
  if (keyword < 0 || keyword > 1 || name?.kind !== 'name') return [];
  if (declared[keyword]?.text === 'function') return [{ name: name.text, line }];
  return [{ name: name.text, line, value: index + 2 + keyword }];
}

function listedExports(tokens: Token[], open: number): Export[] {
  const close = tokens.findIndex((token, index) => index > open && token.text === '}');
  if (close < 0) return [];
  const from = tokens[close + 1]?.text === 'from' ? tokens[close + 2]?.text : undefined;
  const exported: Export[] = [];
  for (let index = open + 1; index < close; index++) {
    const token = tokens[index];
    const before = tokens[index - 1]?.text;
    if (token?.kind !== 'name' || (before !== '{' && before !== ',')) continue;
    const renamed = tokens[index + 1]?.text === 'as' ? tokens[index + 2] : undefined;
    const origin = from === undefined ? { value: index } : { from };
    exported.push({ name: renamed?.text ?? token.text, line: token.line, ...origin });
  }
  return exported;
}
