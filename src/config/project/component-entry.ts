import type { RopewayError } from '../../lib/errors.ts';
import { kindOf } from '../data.ts';
import { invalid } from '../errors.ts';
import type { ConfigFile, Path } from '../file.ts';
import { nearest } from '../../lib/nearest.ts';
import { toPlain, type Tree } from '../variables/filled.ts';
import { RESERVED, parsePath } from '../variables/name.ts';
import { entrySchema, EXPECTED_OF_COMPONENT } from './component-schema.ts';
import { unknownAlias } from './graph.ts';
import type { ComponentEntry } from './types.ts';

/** A component as it is written, and where. */
export interface WrittenEntry {
  alias: string;
  entry: Record<string, unknown>;
  /** Of the entry in the file; empty for the one component of a file. */
  at: Path;
}

interface Surroundings {
  file: ConfigFile;
  aliases: string[];
  fill(data: unknown, at: Path): Tree;
}

/** One component with variables put in. Throws CONFIG, and what variables throw. */
export function readEntry(
  { alias, entry, at }: WrittenEntry,
  { file, aliases, fill }: Surroundings,
): ComponentEntry {
  checkAlias(alias, file.where(at));
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) throw problem(file, at, entry, parsed.error.issues[0]!);
  const { component, dependsOn, hooks } = parsed.data;
  const inputs = toPlain(fill(parsed.data.inputs ?? {}, [...at, 'inputs']));
  const explicit = listOf(dependsOn);
  for (const [index, name] of explicit.entries()) {
    if (!aliases.includes(name)) throw unknownAlias(name, aliases, file.where([...at, 'dependsOn', index]));
  }
  return {
    alias,
    component,
    inputs: inputs.value as Record<string, unknown>,
    dependsOn: [...new Set([...explicit, ...inputs.components])],
    hooks: {
      before: commands(hooks?.before, [...at, 'hooks', 'before'], { file, fill }),
      after: commands(hooks?.after, [...at, 'hooks', 'after'], { file, fill }),
    },
    where: (path) => file.where([...at, 'inputs', ...path]),
    secret: new Set(inputs.secret.map((path) => path.join('.'))),
    unresolved: inputs.unresolved,
  };
}

function commands(
  written: string | string[] | null | undefined,
  at: Path,
  { file, fill }: Pick<Surroundings, 'file' | 'fill'>,
): string[] {
  const { value, components, secret } = toPlain(fill(listOf(written), at));
  const [alias] = components;
  if (alias !== undefined) {
    throw invalid(`${file.where(at)}: a hook cannot refer to outputs of \`${alias}\`.`, {
      expected: '${stage}, or a value of the file',
    });
  }
  if (secret.length > 0) {
    // Commands are shown, and the shell would read what is in the value as part of the command.
    throw invalid(`${file.where(at)}: a hook has a variable of the environment in it.`, {
      fix: 'write $NAME instead of ${env.NAME}: the shell puts it in',
    });
  }
  const texts = value as unknown[];
  if (texts.every((text) => typeof text === 'string')) return texts;
  throw invalid(`${file.where(at)}: a hook is a text.`, {
    got: kindOf(texts.find((text) => typeof text !== 'string')),
  });
}

/** References are made of aliases. */
function checkAlias(alias: string, place: string): void {
  if (RESERVED.includes(alias)) {
    throw invalid(`${place}: \`${alias}\` cannot be the name of a component.`, {
      expected: `another name: \${${alias}} and \${${alias}.…} stand for something else`,
    });
  }
  if (parsePath(alias)?.length === 1) return;
  throw invalid(`${place}: this cannot be the name of a component.`, {
    expected: 'letters, digits, - and _',
    got: JSON.stringify(alias),
  });
}

function listOf(value: string | string[] | null | undefined): string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

type Issue = NonNullable<ReturnType<typeof entrySchema.safeParse>['error']>['issues'][number];

function problem(file: ConfigFile, at: Path, entry: unknown, issue: Issue): RopewayError {
  const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...issue.path, ...(extra === undefined ? [] : [extra])] as (string | number)[];
  const place = file.where([...at, ...path]);
  if (extra !== undefined) {
    const known = path.length > 1 ? ['before', 'after'] : Object.keys(EXPECTED_OF_COMPONENT);
    const meant = nearest(extra, known);
    return invalid(`${place}: a component has no \`${path.join('.')}\`.`, {
      expected: `one of ${known.join(', ')}`,
      ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
    });
  }
  const found = path.reduce<unknown>(
    (data, key) => (data as Record<string, unknown> | undefined)?.[key],
    entry,
  );
  return invalid(`${place}: \`${path.join('.')}\` is not valid.`, {
    expected: EXPECTED_OF_COMPONENT[path[0] as keyof typeof EXPECTED_OF_COMPONENT],
    got: kindOf(found),
  });
}
