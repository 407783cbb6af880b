import { z } from 'zod';

import { nearest } from '../lib/nearest.ts';
import { RopewayError } from '../lib/errors.ts';
import type { Values } from './component.ts';

/** A JSON Schema, or a schema of the Standard Schema kind (https://standardschema.dev). */
export type InputSchema = StandardSchema | Record<string, unknown>;

export interface StandardSchema {
  readonly '~standard': {
    validate(value: unknown): StandardResult | Promise<StandardResult>;
  };
}

type StandardResult = { value: unknown; issues?: undefined } | { issues: readonly StandardIssue[] };

interface StandardIssue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
}

export interface InputsPlace {
  /** For messages: the component's alias. */
  alias: string;
  /** `serverless.yml:12:5` */
  where(path: readonly (string | number)[]): string;
  /** Whether what is at this path may not be shown. */
  isSecret(path: readonly (string | number)[]): boolean;
  /** Whether what is at this path is known only when something else has been deployed. */
  isOpen(path: readonly (string | number)[]): boolean;
}

/** The inputs as the schema makes them (defaults put in). Throws INPUTS for the first that is wrong; those that are still open are not looked at. */
export async function checkInputs(
  schema: InputSchema | undefined,
  inputs: Values,
  place: InputsPlace,
): Promise<Values> {
  if (schema === undefined) return inputs;
  const standard = '~standard' in schema ? (schema as StandardSchema) : fromJsonSchema(schema, place.alias);
  const result = await standard['~standard'].validate(inputs);
  if (result.issues === undefined) return result.value as Values;
  const issue = result.issues.find((one) => !place.isOpen(pathOf(one)));
  if (issue === undefined) return inputs;
  throw inputsError(issue, inputs, place);
}

function fromJsonSchema(schema: Record<string, unknown>, alias: string): StandardSchema {
  try {
    return z.fromJSONSchema(schema);
  } catch (error) {
    throw new RopewayError({
      code: 'COMPONENT',
      message: `The component of ${alias} has \`static inputs\` that is no JSON Schema.`,
      got: error instanceof Error ? error.message : String(error),
      fix: 'mend it; https://json-schema.org says what may stand there',
      cause: error,
    });
  }
}

function inputsError(issue: StandardIssue, inputs: Values, place: InputsPlace): RopewayError {
  const path = pathOf(issue);
  const unknown = unknownKey(issue);
  if (unknown !== undefined) {
    const at = [...path, ...unknown.key];
    const meant = nearest(String(at.at(-1)), unknown.known);
    return new RopewayError({
      code: 'INPUTS',
      message: `${place.where(at)}: \`${place.alias}\` takes no input \`${at.join('.')}\`.`,
      ...(unknown.known.length === 0 ? {} : { expected: `one of ${unknown.known.join(', ')}` }),
      ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
    });
  }
  const value = path.reduce<unknown>((inside, key) => (inside as Values | undefined)?.[key], inputs);
  return new RopewayError({
    code: 'INPUTS',
    message: `${place.where(path)}: the input \`${path.join('.') || 'inputs'}\` of \`${place.alias}\` is not valid.`,
    expected: issue.message
      .replace(/^Invalid input: expected (.*), received .*$/, '$1')
      .replace(/^expected /, ''),
    got: place.isSecret(path) ? kindOf(value) : shown(value),
  });
}

/** A key that is not known: as zod tells it, or our own schemas, which also tell those that are. */
function unknownKey(issue: StandardIssue): { key: string[]; known: string[] } | undefined {
  const { code, keys, params } = issue as { code?: string; keys?: string[]; params?: { known?: string[] } };
  if (code === 'unrecognized_keys') return { key: keys!.slice(0, 1), known: [] };
  return params?.known === undefined ? undefined : { key: [], known: params.known };
}

function pathOf({ path = [] }: StandardIssue): (string | number)[] {
  return path.map((part) => {
    const key = typeof part === 'object' ? part.key : part;
    return typeof key === 'number' ? key : String(key);
  });
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}
