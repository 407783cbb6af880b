import { z } from 'zod';

import { EXPECTED_OF_COMPONENT, entrySchema } from './project/component-schema.ts';
import { EXPECTED_OF_FUNCTION } from './functions.ts';
import { EXPECTED, schema } from './schema.ts';

type Json = Record<string, unknown>;

/** Any text with a variable in it: it may become whatever the setting takes. */
const VARIABLE: Json = { type: 'string', pattern: '\\$\\{' };
const A_COMPONENT: Json = { type: 'object', required: ['component'] };

/** JSON Schema (draft 7) of `ropeway.yml` and `serverless.yml` in all their forms, for editors. */
export function jsonSchema(): Json {
  const settings = describe(plain(schema), EXPECTED);
  const component = describe(plain(entrySchema), EXPECTED_OF_COMPONENT);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'ropeway.yml or serverless.yml',
    description: 'What Ropeway runs and deploys: settings of one app, or components.',
    anyOf: [
      { $ref: '#/definitions/settings' },
      { $ref: '#/definitions/components' },
      { $ref: '#/definitions/oneComponent' },
    ],
    definitions: {
      settings: { title: 'Settings of one app', ...withVariables(settings) },
      components: {
        title: 'Components, each below its alias; other keys are values',
        type: 'object',
        // At least one is a component, or every misspelt setting would be a value.
        not: { additionalProperties: { not: A_COMPONENT } },
        additionalProperties: { anyOf: [{ not: A_COMPONENT }, { $ref: '#/definitions/component' }] },
      },
      oneComponent: {
        title: 'One component, with values beside it',
        ...component,
        properties: {
          ...(component['properties'] as Json),
          name: {
            type: 'string',
            description: 'text: the name of the project, and the alias of the component',
          },
          app: { type: 'string', description: 'text: the name of the project when there is no `name`' },
          stage: { type: 'string', description: 'text: the stage when the command names none' },
        },
        additionalProperties: true,
      },
      component: { title: 'A component', ...component },
    },
  };
}

function plain(of: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(of, { io: 'input', target: 'draft-7' }) as Json;
  return rest;
}

/** With what people are told of each setting, those of stages and of functions too. */
function describe(object: Json, descriptions: Record<string, string>): Json {
  return mapProperties(object, (key, property) => {
    const nested = mapNested(key, property, (inner) =>
      describe(inner, key === 'functions' ? EXPECTED_OF_FUNCTION : descriptions),
    );
    return { description: descriptions[key], ...(nested ?? property) };
  });
}

/** Settings that are not any text take a text with a variable, too. */
function withVariables(object: Json): Json {
  return mapProperties(object, (key, property) => {
    const nested = mapNested(key, property, withVariables);
    if (nested !== undefined) return nested;
    const { description, ...form } = property;
    const takesAnyText = form['type'] === 'string' && !('pattern' in form) && !('enum' in form);
    return takesAnyText ? property : { description, anyOf: [form, VARIABLE] };
  });
}

/** Settings below names that their user chooses. */
function mapNested(key: string, property: Json, map: (object: Json) => Json): Json | undefined {
  if (key !== 'stages' && key !== 'functions') return undefined;
  return { ...property, additionalProperties: map(property['additionalProperties'] as Json) };
}

function mapProperties(object: Json, map: (key: string, property: Json) => Json): Json {
  const properties = Object.entries(object['properties'] as Record<string, Json>);
  return {
    ...object,
    properties: Object.fromEntries(properties.map(([key, property]) => [key, map(key, property)])),
  };
}
