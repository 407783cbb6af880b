import { readExports, objectKeys, type Export } from './exports.ts';
import type { NodeFramework } from './framework.ts';
import { frameworkMadeBy, startsServer } from './list.ts';
import { isMember, readImports, widen, type Import } from './imports.ts';
import { tokensOf, type Token } from './tokens.ts';

/** What one source file shows about the app it may hold. */
export interface SourceFacts {
  /** Calls that make an app, in their order. */
  creations: Creation[];
  /** 1-based line of the first call that starts a server. */
  listens: number | undefined;
  /** Imports of files of the project: `./x`, `../x`. */
  localImports: { specifier: string; line: number }[];
  /** Whether an app is exported in a way that the runtime finds: the default export, `app` or `server`. */
  exportsApp: boolean;
  /** Local files whose exports are passed on as its own. */
  passesOn: string[];
  /** Every exported name. */
  exports: { name: string; line: number }[];
}

export interface Creation {
  framework: NodeFramework;
  line: number;
}

/** Reads a JavaScript or TypeScript source, by its tokens; nothing is run. */
export function readSource(source: string): SourceFacts {
  const tokens = tokensOf(source);
  const imports = readImports(tokens);
  const calls = importedCalls(tokens, imports);
  const exported = readExports(tokens);
  return {
    creations: calls.flatMap(({ framework, line }) => (framework ? [{ framework, line }] : [])),
    listens: firstListen(tokens, calls),
    localImports: imports.filter(isLocal).map(({ specifier, line }) => ({ specifier, line })),
    ...exportedApps(tokens, imports, calls, exported),
    exports: exported.map(({ name, line }) => ({ name, line })),
  };
}

/** A call of something imported that makes an app or starts a server. */
interface ImportedCall {
  start: number;
  line: number;
  /** Undefined for calls that start a server. */
  framework: NodeFramework | undefined;
}

function importedCalls(tokens: Token[], imports: Import[]): ImportedCall[] {
  const known = new Map<string, { specifier: string; path: string }>();
  const inline = new Map<number, Import>();
  for (const one of imports) {
    if (isLocal(one)) continue;
    for (const { local, path } of one.names) known.set(local, { specifier: one.specifier, path });
    if (one.expression !== undefined) inline.set(one.expression.start, one);
  }
  const calls: ImportedCall[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== 'name' || isMember(tokens, index)) continue;
    const expression = inline.get(index)?.expression ?? { start: index, end: index + 1 };
    const binding = inline.has(index)
      ? { specifier: inline.get(index)?.specifier ?? '', path: '' }
      : known.get(token.text);
    if (binding === undefined) continue;
    const callee = widen(tokens, expression);
    const isNew = tokens[callee.start - 1]?.text === 'new';
    if (!isNew && tokens[afterGenerics(tokens, callee.end)]?.text !== '(') continue;
    const path = exportPath([binding.path, ...callee.path]);
    const framework = frameworkMadeBy(binding.specifier, path);
    if (framework === undefined && !startsServer(binding.specifier, path)) continue;
    calls.push({ start: isNew ? callee.start - 1 : callee.start, line: token.line, framework });
  }
  return calls;
}

/** `.default` of interoperating module systems says nothing. */
function exportPath(parts: string[]): string {
  const path = parts
    .join('.')
    .split('.')
    .filter((part) => part !== '' && part !== 'default');
  return path.length === 0 ? 'default' : path.join('.');
}

/** Behind TypeScript's `<…>`, when it stands before a call. */
function afterGenerics(tokens: Token[], index: number): number {
  if (tokens[index]?.text !== '<') return index;
  let depth = 0;
  for (let at = index; at < Math.min(tokens.length, index + 80); at++) {
    const text = tokens[at]?.kind === 'punctuator' ? (tokens[at]?.text ?? '') : '';
    if (text === '<') depth += 1;
    if (/^>+$/.test(text)) depth -= text.length;
    if (depth <= 0) return at + 1;
  }
  return index;
}

function firstListen(tokens: Token[], calls: ImportedCall[]): number | undefined {
  const member = tokens.findIndex(
    (token, index) =>
      token.kind === 'name' &&
      token.text === 'listen' &&
      isMember(tokens, index) &&
      tokens[index + 1]?.text === '(',
  );
  const lines = calls.filter((call) => call.framework === undefined).map((call) => call.line);
  const line = tokens[member]?.line;
  if (line !== undefined) lines.push(line);
  return lines.length === 0 ? undefined : Math.min(...lines);
}

function exportedApps(
  tokens: Token[],
  imports: Import[],
  calls: ImportedCall[],
  exported: Export[],
): { exportsApp: boolean; passesOn: string[] } {
  const starts = new Set(calls.filter((call) => call.framework !== undefined).map((call) => call.start));
  const apps = appNames(tokens, starts);
  const locals = imports.filter(isLocal);
  const isApp = (at: number): boolean => {
    const index = tokens[at]?.text === 'await' ? at + 1 : at;
    if (starts.has(index)) return true;
    const token = tokens[index];
    if (token?.text === '{')
      return objectKeys(tokens, index).some(({ key, value }) => key === 'fetch' && isApp(value));
    return token?.kind === 'name' && (apps.has(token.text) || callsAppFactory(tokens, index));
  };
  let exportsApp = false;
  const passesOn: string[] = [];
  for (const { name, value, from } of exported) {
    if (!['default', 'app', 'server'].includes(name)) continue;
    if (from !== undefined && isLocalName(from)) passesOn.push(from);
    if (value === undefined) continue;
    exportsApp ||= isApp(value);
    const local = locals.find(
      (one) =>
        one.expression?.start === value || one.names.some(({ local }) => local === tokens[value]?.text),
    );
    if (local !== undefined) passesOn.push(local.specifier);
  }
  return { exportsApp, passesOn };
}

/** Top-level variables that hold an app: an app inside a function is its caller's affair. */
function appNames(tokens: Token[], starts: Set<number>): Set<string> {
  const names = new Set<string>();
  let depth = 0;
  tokens.forEach((token, index) => {
    if (token.kind !== 'punctuator') return;
    if (token.text === '{') depth += 1;
    if (token.text === '}') depth -= 1;
    if (token.text !== '=' || depth !== 0) return;
    const value = tokens[index + 1]?.text === 'await' ? index + 2 : index + 1;
    if (!starts.has(value) && !callsAppFactory(tokens, value)) return;
    const name = assignedName(tokens, index);
    if (name !== undefined) names.add(name);
  });
  return names;
}

/** `createApp(…)`, `buildServer(…)`: whether it makes one is seen in what the file imports. */
function callsAppFactory(tokens: Token[], index: number): boolean {
  const token = tokens[index];
  return token?.kind === 'name' && /app$|server$/i.test(token.text) && tokens[index + 1]?.text === '(';
}

/** The variable on the left of the `=` at `equals`, with or without a type. */
function assignedName(tokens: Token[], equals: number): string | undefined {
  for (let index = equals - 1; index > equals - 20 && index >= 0; index--) {
    const text = tokens[index]?.text ?? '';
    if (/^(const|let|var)$/.test(text)) return tokens[index + 1]?.text;
    if (/^[;{}=)]$/.test(text)) break;
  }
  const name = tokens[equals - 1];
  return name?.kind === 'name' ? name.text : undefined;
}

function isLocal(one: { specifier: string }): boolean {
  return isLocalName(one.specifier);
}

function isLocalName(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier);
}
