import type { z } from 'zod';

import type { RopewayError } from '../lib/errors.ts';
import { isMapping, kindOf, shown } from './data.ts';
import { invalid } from './errors.ts';
import type { ConfigFile, Path } from './file.ts';
import type { LoadOptions, RopewayConfig } from './load.ts';
import { EXPECTED_OF_FUNCTION, type FunctionConfig, functionProblem, functionShape } from './functions.ts';
import { nearest } from '../lib/nearest.ts';
import { EXPECTED, schema } from './schema.ts';
import { checkStage } from './stage.ts';
import { toPlain } from './variables/filled.ts';
import { createResolver } from './variables/resolver.ts';

export interface Settings {
  settings: RopewayConfig;
  /** Paths into the settings of what came from the environment. */
  secret: Path[];
  where(path: Path): string;
}

/**
 * The settings of one app with variables put in, those of the stage over the others. Throws CONFIG, ENV_MISSING,
 * UNKNOWN_REFERENCE and CYCLE; no text of these has a value of `env` in it.
 */
export function readSettings(file: ConfigFile, { stage, env }: Required<LoadOptions>): Settings {
  checkStage(stage);
  if (file.firstAlias !== undefined) {
    throw invalid(`${file.firstAlias}: aliases (*name) are not supported`, {
      expected: 'YAML: one `setting: value` a line, text with special characters in quotes',
    });
  }
  const written = file.value ?? {};
  const own = ownStage(written, stage);
  const values = isMapping(own) ? own : {};
  const fill = createResolver({ file, stage, env, values, components: new Set() });
  const { value, secret } = toPlain(fill(own, []));
  for (const path of secret) readAsYaml(value, path);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw problem(file, value, secret, parsed.error.issues[0]!);
  const { stages = {}, ...general } = parsed.data;
  const special = Object.hasOwn(stages, stage) ? stages[stage]! : {};
  const where = (path: Path): string => file.where(isOf(special, path) ? ['stages', stage, ...path] : path);
  const hasEnv = general.env !== undefined || special.env !== undefined;
  const functions = mergeFunctions(general.functions, special.functions);
  refuseProblem(functions, where);
  return {
    settings: {
      ...general,
      ...special,
      ...(hasEnv ? { env: { ...general.env, ...special.env } } : {}),
      ...(functions === undefined ? {} : { functions }),
    },
    secret: secret.map((path) => (path[0] === 'stages' ? path.slice(2) : path)),
    where,
  };
}

type Functions = Record<string, FunctionConfig>;

/** Function by function, setting by setting, and one variable of `env` at a time. */
function mergeFunctions(
  general: Functions | undefined,
  special: Functions | undefined,
): Functions | undefined {
  if (general === undefined || special === undefined) return special ?? general;
  const merged = Object.entries(special).map(([name, own]): [string, FunctionConfig] => {
    const before = Object.hasOwn(general, name) ? general[name]! : {};
    const hasEnv = before.env !== undefined || own.env !== undefined;
    return [name, { ...before, ...own, ...(hasEnv ? { env: { ...before.env, ...own.env } } : {}) }];
  });
  return { ...general, ...Object.fromEntries(merged) };
}

function refuseProblem(functions: Functions | undefined, where: (path: Path) => string): void {
  const found = functionProblem(functions ?? {});
  if (found === undefined) return;
  const path = ['functions', ...found.path];
  const { expected, got } = found;
  throw invalid(`${where(path)}: \`${path.join('.')}\` is not valid.`, { expected, got });
}

/** The other stages without what has variables: nobody has set those of `prod` where `dev` is meant. */
function ownStage(written: unknown, stage: string): unknown {
  if (!isMapping(written) || !isMapping(written['stages'])) return written;
  const stages = Object.entries(written['stages']).map(([name, settings]): [string, unknown] => {
    if (name === stage || !isMapping(settings)) return [name, settings];
    const kept = Object.entries(settings).filter(
      ([, value]) => !JSON.stringify(value ?? null).includes('${'),
    );
    return [name, Object.fromEntries(kept)];
  });
  return { ...written, stages: Object.fromEntries(stages) };
}

/** The environment has nothing but text: where a setting is none, `"512"` is 512. */
function readAsYaml(value: unknown, path: Path): void {
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((data, key) => (data as Record<string, unknown>)[key], value);
  const key = path.at(-1)!;
  const setting = path[0] === 'stages' ? path.slice(2) : path;
  const shape: Record<string, z.ZodType> | undefined =
    setting.length === 1
      ? schema.shape
      : setting.length === 3 && setting[0] === 'functions'
        ? functionShape
        : undefined;
  if (shape === undefined || !Object.hasOwn(shape, key)) return;
  const mapping = holder as Record<string, unknown>;
  const text = String(mapping[key]);
  if (shape[key]!.safeParse(text).success) return;
  if (text === 'true' || text === 'false') mapping[key] = text === 'true';
  else if (/^-?\d+(?:\.\d+)?$/.test(text)) mapping[key] = Number(text);
}

/** Whether it is the stage that says what is at a path. */
function isOf(
  special: { env?: RopewayConfig['env'] | undefined; functions?: Functions },
  path: Path,
): boolean {
  const [key, name] = path;
  if (key === undefined || !Object.hasOwn(special, key)) return false;
  if (name === undefined) return true;
  if (key === 'env') return Object.hasOwn(special.env ?? {}, name);
  if (key !== 'functions') return true;
  const { functions = {} } = special;
  return Object.hasOwn(functions, name) && (path.length === 2 || isOf(functions[name]!, path.slice(2)));
}

type Issue = z.core.$ZodIssue;

function problem(file: ConfigFile, value: unknown, secret: Path[], issue: Issue): RopewayError {
  const path = (
    issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  ) as Path;
  const where = file.where(path);
  if (issue.code === 'unrecognized_keys') return unknownKey(where, issue.keys[0] ?? '', path);
  if (path.length === 0) {
    return invalid(`${where}: \`${file.name}\` is not valid.`, {
      expected: `settings, one a line: ${Object.keys(EXPECTED).join(', ')}`,
      got: kindOf(value),
    });
  }
  // Below a stage stand settings as at the top.
  const setting = path[0] === 'stages' && path.length > 2 ? path.slice(2) : path;
  const key = String(setting[0]);
  const found = path.reduce<unknown>(
    (data, part) => (data as Record<string, unknown> | undefined)?.[part],
    value,
  );
  const isSecret =
    key === 'env' ||
    key === 'stages' ||
    (key === 'functions' && (setting.length < 3 || setting[2] === 'env')) ||
    secret.some((one) => startsWith(one, path));
  return invalid(`${where}: \`${path.join('.')}\` is not valid.`, {
    expected: expectedAt(setting),
    got: isSecret ? kindOf(found) : shown(found),
  });
}

/** `setting`: its path, without that of a stage. */
function expectedAt(setting: Path): string {
  const [key = '', , own = ''] = setting.map(String);
  if (key === 'functions' && Object.hasOwn(EXPECTED_OF_FUNCTION, own))
    return EXPECTED_OF_FUNCTION[own as keyof typeof EXPECTED_OF_FUNCTION];
  return Object.hasOwn(EXPECTED, key) ? EXPECTED[key as keyof typeof EXPECTED] : 'a setting';
}

function unknownKey(where: string, key: string, path: Path): RopewayError {
  const isOfFunction = path.at(-3) === 'functions';
  const known = isOfFunction
    ? Object.keys(EXPECTED_OF_FUNCTION)
    : Object.keys(EXPECTED).filter((name) => path.length === 1 || name !== 'stages');
  const meant = nearest(key, known);
  const what = isOfFunction ? 'a function has no setting' : 'there is no setting';
  return invalid(`${where}: ${what} \`${key}\`.`, {
    expected: `one of ${known.join(', ')}`,
    ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
  });
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}
