import { RopewayError } from '../../lib/errors.ts';
import { child, kindOf } from '../data.ts';
import { invalid } from '../errors.ts';
import type { ConfigFile, Path } from '../file.ts';
import { envMissing, unknownReference } from './errors.ts';
import { Filled, type Tree, type Wanted } from './filled.ts';
import { parseName, type Target } from './name.ts';
import { type Fallback, onlySlot, type Part, parseText, type Slot } from './parse-text.ts';

/** What the variables of a file can be. */
export interface Scope {
  file: ConfigFile;
  /** Undefined while the file is asked for its own. */
  stage: string | undefined;
  env: Record<string, string | undefined>;
  /** Top-level keys of the file that are not components. */
  values: Record<string, unknown>;
  /** Aliases. */
  components: ReadonlySet<string>;
}

/** Characters that variables may put in, all together: values can refer to values that refer to values. */
const MAX_SIZE = 5_000_000;
/** Levels of what a variable stands for. */
const MAX_DEPTH = 100;
/** Levels of data and of values that refer to values, on the way to one text. */
const MAX_LEVEL = 300;

/**
 * Puts variables into data of a file; `at` is its path there. Throws CONFIG, ENV_MISSING, UNKNOWN_REFERENCE and CYCLE
 * with the place.
 */
export function createResolver(scope: Scope): (data: unknown, at: Path) => Tree {
  const done = new Map<string, Tree>();
  const open: string[] = [];
  let [size, level] = [0, 0];

  const fill = (data: unknown, at: Path): Tree => {
    if (typeof data === 'string') return data.includes('${') ? fillText(data, at) : data;
    if (typeof data !== 'object' || data === null) return data;
    if (level >= MAX_LEVEL) throw invalid(`${scope.file.where(at)}: it is nested too deeply.`);
    level += 1;
    const tree = Array.isArray(data)
      ? data.map((item: unknown, index) => fill(item, [...at, index]))
      : Object.fromEntries(Object.entries(data).map(([key, item]) => [key, fill(item, [...at, key])]));
    level -= 1;
    return tree;
  };

  const fillText = (text: string, at: Path): Tree =>
    join(
      parseText(text, () => scope.file.where(at)),
      at,
    );

  /** A value that is nothing but one variable keeps its type. */
  const join = (parts: Part[], at: Path): Tree => {
    const slot = onlySlot(parts);
    if (slot !== undefined) return fillSlot(slot, at);
    const filled = parts.map((part) =>
      typeof part === 'string' ? part : asText(fillSlot(part, at), part, at),
    );
    if (filled.every((part) => typeof part === 'string')) return filled.join('');
    return new Filled(
      filled.flatMap((part) => (typeof part === 'string' ? [part] : part.parts)),
      filled.some((part) => typeof part !== 'string' && part.secret),
    );
  };

  const asText = (tree: Tree, part: Part, at: Path): string | Filled => {
    if (tree instanceof Filled || typeof tree === 'string') return tree;
    if (typeof tree === 'number' || typeof tree === 'boolean') return String(tree);
    throw invalid(
      `${scope.file.where(at)}: \`${shownPart(part)}\` is no text, and there is text around it.`,
      {
        expected: 'a text, a number, true or false',
        got: kindOf(tree),
      },
    );
  };

  const fillSlot = (slot: Slot, at: Path): Tree => {
    const { name, isSecret } = slotName(slot.name, at);
    const target = parseName(name);
    const tree = target === undefined ? undefined : find(target, slot.fallback, at);
    if (isSecret && tree instanceof Filled && !tree.parts.every(isText)) throw secretName(at);
    if (tree !== undefined) return spend(tree, at);
    if (slot.fallback !== undefined && target !== undefined) {
      const value = fallbackValue(slot.fallback, at);
      // Whether it was set or not: what is secret must not depend on it.
      return target.kind === 'env' && typeof value === 'string' ? new Filled([value], true) : value;
    }
    if (target?.kind === 'env' && !isSecret) throw envMissing(target.name, at, scope);
    if (target?.kind === 'stage') return 'dev';
    // A name that the environment has made is told as it is written.
    throw isSecret
      ? unknownReference(slot.name.map(shownPart).join(''), undefined, at, scope)
      : unknownReference(name, target, at, scope);
  };

  const slotName = (parts: Part[], at: Path): { name: string; isSecret: boolean } => {
    const text = asText(join(parts, at), parts[0] ?? '', at);
    if (typeof text === 'string') return { name: text, isSecret: false };
    if (text.parts.every(isText)) return { name: text.parts.join(''), isSecret: text.secret };
    throw invalid(`${scope.file.where(at)}: the name of a variable has an output of a component in it.`, {
      expected: 'a name that is known before anything is deployed',
    });
  };

  /** It would be in what waits for the output, and in what is told of that. */
  const secretName = (at: Path): RopewayError =>
    invalid(`${scope.file.where(at)}: the name of an output has a variable of the environment in it.`, {
      expected: '${stage}, or a value of the file',
    });

  const fallbackValue = (fallback: Fallback, at: Path): Tree =>
    'value' in fallback ? fallback.value : join(fallback.parts, at);

  const find = (target: Target, fallback: Fallback | undefined, at: Path): Tree => {
    if (target.kind === 'stage') return scope.stage;
    if (target.kind === 'env') {
      const value = Object.hasOwn(scope.env, target.name) ? scope.env[target.name] : undefined;
      return value === undefined ? undefined : new Filled([value], true);
    }
    if (!target.self && scope.components.has(target.path[0]!)) return want(target.path, fallback, at);
    return findValue(target.path, at);
  };

  const want = (path: string[], fallback: Fallback | undefined, at: Path): Filled => {
    if (fallback === undefined) return new Filled([{ path }], false);
    const tree = fallbackValue(fallback, at);
    const isSecret = tree instanceof Filled && tree.secret;
    const value = tree instanceof Filled && tree.parts.every(isText) ? tree.parts.join('') : tree;
    if (typeof value === 'object' && value !== null) {
      throw invalid(`${scope.file.where(at)}: the default of an output is no plain value.`, {
        expected: "a text, a number, true, false or null: ${alias.output, 'text'}",
      });
    }
    return new Filled([{ path, fallback: value as NonNullable<Wanted['fallback']> | null }], isSecret);
  };

  /** A top-level value, or what is in it: no more of it is looked at than is asked for. */
  const findValue = (path: string[], at: Path): Tree => {
    let data: unknown = scope.values;
    for (const [index, key] of path.entries()) {
      if (typeof data === 'string' && data.includes('${')) {
        return inside(resolveValue(path.slice(0, index), data, at), path.slice(index));
      }
      data = child(data, key);
    }
    return data === undefined ? undefined : resolveValue(path, data, at);
  };

  const resolveValue = (path: string[], data: unknown, at: Path): Tree => {
    const name = path.join('.');
    if (done.has(name)) return done.get(name);
    if (open.includes(name)) throw cycle([...open.slice(open.indexOf(name)), name], at);
    if (level >= MAX_LEVEL) {
      throw invalid(`${scope.file.where(at)}: too many values refer to one another in a row.`);
    }
    open.push(name);
    level += 1;
    const tree = fill(data, path);
    level -= 1;
    open.pop();
    done.set(name, tree);
    return tree;
  };

  const cycle = (names: string[], at: Path): RopewayError =>
    new RopewayError({
      code: 'CYCLE',
      message: `${scope.file.where(at)}: values refer to one another in a circle: ${names.join(' → ')}`,
      fix: 'write one of them as it is to be, without a variable',
    });

  const spend = (tree: Tree, at: Path): Tree => {
    size = addSize(tree, size);
    if (size <= MAX_SIZE) return tree;
    throw invalid(
      `${scope.file.where(at)}: variables put in more than ${MAX_SIZE / 1_000_000} million characters, or ${MAX_DEPTH} levels.`,
    );
  };

  return fill;
}

/** A key of what a value was resolved to: for an output that is still to come, a key of that. */
function inside(tree: Tree, path: string[]): Tree {
  const [only, second] = tree instanceof Filled ? tree.parts : [];
  if (typeof only === 'object' && second === undefined && only.fallback === undefined) {
    return new Filled([{ path: [...only.path, ...path] }], false);
  }
  if (tree instanceof Filled) return undefined;
  return path.reduce<unknown>((data, key) => (data instanceof Filled ? undefined : child(data, key)), tree);
}

function shownPart(part: Part): string {
  return isText(part) ? part : `\${${part.name.map(shownPart).join('')}}`;
}

function isText(part: unknown): part is string {
  return typeof part === 'string';
}

/** How much a tree is when it is written out: the same branch may be there a great many times. */
function addSize(tree: Tree, size: number, level = 0): number {
  if (size > MAX_SIZE || level > MAX_DEPTH) return Infinity;
  if (tree instanceof Filled)
    return tree.parts.reduce((sum, part) => sum + (isText(part) ? part.length : 100), size);
  if (typeof tree === 'string') return size + tree.length;
  if (typeof tree !== 'object' || tree === null) return size + 1;
  return Object.entries(tree).reduce(
    (sum, [key, item]) => addSize(item, sum + key.length + 1, level + 1),
    size + 1,
  );
}
