import type { Trait } from '../traits.ts';
import { isMember } from './imports.ts';
import type { Source } from './traits-source.ts';

const HANDLER = /\.(?:get|post|put|patch|delete|all)$/;
const MUTATORS = new Set(['push', 'unshift', 'set', 'add', 'splice', 'delete', 'pop', 'shift', 'clear']);

/** Variables at top level that handlers of requests change: another instance has another one. */
export function traitsOfState({ tokens, calls, depth, trait }: Source): Trait[] {
  const handlers = calls.filter(
    ({ path, open }) => HANDLER.test(path) && tokens[open + 1]?.text.startsWith('/') === true,
  );
  if (handlers.length === 0) return [];
  const variables = topLevelVariables();
  const found = new Map<string, Trait>();
  for (const { open, close } of handlers) {
    for (let index = open + 1; index < close; index += 1) {
      const { kind, text, line } = tokens[index]!;
      const variable = kind === 'name' && !isMember(tokens, index) ? variables.get(text) : undefined;
      if (
        variable === undefined ||
        found.has(text) ||
        isRedeclared(index, text, open) ||
        !isChanged(index, variable)
      )
        continue;
      found.set(text, trait(/cache/i.test(text) ? 'cache' : 'state', line, text));
    }
  }
  return [...found.values()];

  /** What holds several things, or counts. */
  function topLevelVariables(): Map<string, 'container' | 'counter'> {
    const names = new Map<string, 'container' | 'counter'>();
    tokens.forEach((token, index) => {
      if (!/^(?:const|let|var)$/.test(token.text) || token.kind !== 'name' || depth(index) > 0) return;
      const name = tokens[index + 1];
      if (name?.kind !== 'name' || tokens[index + 2]?.text !== '=') return;
      const [value, next] = [tokens[index + 3]?.text ?? '', tokens[index + 4]?.text ?? ''];
      if (value === '[' || value === '{' || (value === 'new' && /^(?:Map|Set|Array)$/.test(next))) {
        names.set(name.text, 'container');
      } else if (token.text !== 'const' && /^\d/.test(value)) names.set(name.text, 'counter');
    });
    return names;
  }

  function isChanged(index: number, variable: 'container' | 'counter'): boolean {
    const next = tokens[index + 1]?.text ?? '';
    if (variable === 'counter') {
      return /^(?:\+\+|--|[-+*]?=)$/.test(next) || /^(?:\+\+|--)$/.test(tokens[index - 1]?.text ?? '');
    }
    if (next === '.') return MUTATORS.has(tokens[index + 2]?.text ?? '') && tokens[index + 3]?.text === '(';
    if (next !== '[') return false;
    let open = 0;
    for (let at = index + 1; at < tokens.length; at += 1) {
      const { text } = tokens[at]!;
      if (text === '[') open += 1;
      if (text === ']' && (open -= 1) === 0) return /^(?:[-+*]?=|\+\+|--)$/.test(tokens[at + 1]?.text ?? '');
    }
    return false;
  }

  /** Whether the handler has a variable of its own of that name. */
  function isRedeclared(index: number, name: string, from: number): boolean {
    for (let at = from; at < index; at += 1) {
      if (/^(?:const|let|var)$/.test(tokens[at]!.text) && tokens[at + 1]?.text === name) return true;
    }
    return false;
  }
}
