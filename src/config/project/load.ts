import { basename, extname, join } from 'node:path';

import type { RopewayError } from '../../lib/errors.ts';
import { isMapping, kindOf } from '../data.ts';
import { invalid } from '../errors.ts';
import type { ConfigFile } from '../file.ts';
import { type Form, formOf, isComponent } from '../form.ts';
import { readSettings } from '../settings.ts';
import { checkStage, STAGE_NAME } from '../stage.ts';
import { toPlain } from '../variables/filled.ts';
import { createResolver } from '../variables/resolver.ts';
import { readYaml } from '../yaml/read.ts';
import { readEntry, type WrittenEntry } from './component-entry.ts';
import { EXPECTED_OF_COMPONENT } from './component-schema.ts';
import { findFile } from './find-file.ts';
import { checkGraph } from './graph.ts';
import { readJs } from './js-file.ts';
import type { Project } from './types.ts';

export { resolveInputs } from './resolve-inputs.ts';
export type { ComponentEntry, Project } from './types.ts';

export interface ProjectOptions {
  /** Of deployment. Absent: the `stage` of a file of components, else `dev`. */
  stage?: string;
  /** For `${env.NAME}`. */
  env: Record<string, string | undefined>;
}

/**
 * What a folder (absolute) deploys; undefined when it has no `ropeway.yml` and no `serverless.yml`, .json or .js. Throws
 * CONFIG, ENV_MISSING, UNKNOWN_REFERENCE and CYCLE with the place.
 */
export async function loadProject(dir: string, { stage, env }: ProjectOptions): Promise<Project | undefined> {
  if (stage !== undefined) checkStage(stage);
  const name = findFile(dir);
  if (name === undefined) return undefined;
  const file =
    extname(name) === '.js' ? await readJs(dir, name, { stage: stage ?? 'dev', env }) : readYaml(dir, name);
  const form = formOf(name, file.value);
  if (form === 'settings') return oneApp(dir, file, { stage: stage ?? 'dev', env });
  if (form === undefined || form === 'service') throw noComponent(file, form);
  return withComponents(dir, file, form, { stage, env });
}

/** The short form: one app, which the component `web` knows how to deploy. */
function oneApp(
  dir: string,
  file: ConfigFile,
  options: { stage: string; env: ProjectOptions['env'] },
): Project {
  const { settings, secret, where } = readSettings(file, options);
  const name = settings.name ?? folderName(dir);
  return {
    file: join(dir, file.name),
    dir,
    stage: options.stage,
    name,
    components: [
      {
        alias: name,
        component: 'web',
        inputs: { src: '.', ...settings },
        dependsOn: [],
        hooks: { before: [], after: [] },
        where,
        secret: new Set(secret.map((path) => path.join('.'))),
        unresolved: [],
      },
    ],
    values: {},
  };
}

function withComponents(
  dir: string,
  file: ConfigFile,
  form: 'component' | 'components',
  { stage: asked, env }: ProjectOptions,
): Project {
  const top = file.value as Record<string, unknown>;
  const isPart = (key: string): boolean =>
    form === 'component' ? Object.hasOwn(EXPECTED_OF_COMPONENT, key) : isWritten(file, key, top[key]);
  const keys = Object.keys(top);
  const values = Object.fromEntries(keys.filter((key) => !isPart(key)).map((key) => [key, top[key]]));
  const aliases = new Set(form === 'component' ? [] : keys.filter(isPart));
  const scope = { file, env, values, components: aliases };
  const stage = asked ?? ownStage(file, values, createResolver({ ...scope, stage: undefined }));
  const fill = createResolver({ ...scope, stage });
  const filled = toPlain(
    Object.fromEntries(Object.keys(values).map((key) => [key, fill(values[key], [key])])),
  );
  const plain = filled.value as Record<string, unknown>;
  const name = nameOf(plain) ?? folderName(dir);
  const written = form === 'component' ? [single(plain, top, isPart)] : several(top, aliases);
  const names = written.map(({ alias }) => alias);
  const components = written.map((entry) => readEntry(entry, { file, aliases: names, fill }));
  checkGraph(components);
  return { file: join(dir, file.name), dir, stage, name, components, values: plain };
}

/** One component whose parts stand at the top, between values. */
function single(
  values: Record<string, unknown>,
  top: Record<string, unknown>,
  isPart: (key: string) => boolean,
): WrittenEntry {
  const entry = Object.fromEntries(Object.entries(top).filter(([key]) => isPart(key)));
  const alias = typeof values['name'] === 'string' ? values['name'] : shortName(String(top['component']));
  return { alias, entry, at: [] };
}

function several(top: Record<string, unknown>, aliases: ReadonlySet<string>): WrittenEntry[] {
  return [...aliases].map((alias) => ({ alias, entry: top[alias] as Record<string, unknown>, at: [alias] }));
}

/** Whether a top-level key is a component. Throws CONFIG for what is half of one. */
function isWritten(file: ConfigFile, key: string, value: unknown): boolean {
  if (isComponent(value)) return true;
  if (!isMapping(value) || !('component' in value)) return false;
  throw invalid(`${file.where([key, 'component'])}: \`${key}.component\` is not valid.`, {
    expected: EXPECTED_OF_COMPONENT.component,
    got: kindOf(value['component']),
  });
}

/** The stage that the file itself says. Throws CONFIG. */
function ownStage(
  file: ConfigFile,
  values: Record<string, unknown>,
  fill: ReturnType<typeof createResolver>,
): string {
  if (!Object.hasOwn(values, 'stage')) return 'dev';
  const { value } = toPlain(fill(values['stage'], ['stage']));
  if (typeof value === 'string' && STAGE_NAME.test(value)) return value;
  throw invalid(`${file.where(['stage'])}: \`stage\` is not valid.`, {
    expected: 'the name of a stage: up to 64 letters, digits, - and _',
    got: kindOf(value),
  });
}

function nameOf(values: Record<string, unknown>): string | undefined {
  for (const key of ['name', 'app', 'service']) {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return undefined;
}

function folderName(dir: string): string {
  return basename(dir) || 'app';
}

/** `tencent-flask` of `@serverless/tencent-flask@1.2`, `Foo` of `./components/Foo`. */
function shortName(component: string): string {
  const last =
    component
      .replace(/^npm:/, '')
      .split('/')
      .findLast((part) => part !== '') ?? '';
  return last.replace(/@.*$/, '').replace(/\.\w+$/, '') || 'component';
}

function noComponent(file: ConfigFile, form: Form | undefined): RopewayError {
  if (form === 'service') {
    return invalid(`${file.name} has no component: it is a file of another tool.`, {
      expected: 'a key whose value has `component:`, or `component:` and `inputs:` at the top',
      fix: file.name.endsWith('.js')
        ? `rename ${file.name} and write a ropeway.yml (it may be empty)`
        : `write a ropeway.yml (it may be empty) beside it: ${file.name} is then left alone`,
    });
  }
  const got = isMapping(file.value)
    ? `only ${Object.keys(file.value).slice(0, 10).join(', ') || 'an empty mapping'}`
    : kindOf(file.value);
  return invalid(`${file.name} has no component.`, {
    expected: 'a key whose value has `component:`, or `component:` and `inputs:` at the top',
    got,
  });
}
