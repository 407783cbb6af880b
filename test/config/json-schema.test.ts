import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { jsonSchema } from '../../src/config/json-schema.ts';
import { EXPECTED } from '../../src/config/schema.ts';
import { root } from '../support/root.ts';

type Json = { [key: string]: Json };

describe('the JSON Schema for editors', () => {
  const { definitions } = jsonSchema() as { definitions: Json };
  const settings = definitions['settings']!['properties']!;

  it('is what schema/ropeway.schema.json holds (node scripts/config-schema.mjs)', () => {
    const written: unknown = JSON.parse(readFileSync(join(root, 'schema', 'ropeway.schema.json'), 'utf8'));
    expect(jsonSchema()).toEqual(written);
  });

  it('describes every setting, in stages too', () => {
    const ofStage = settings['stages']!['additionalProperties']!['properties']!;
    for (const [name, text] of Object.entries(EXPECTED)) {
      expect(settings[name], name).toMatchObject({ description: text });
      if (name !== 'stages') expect(ofStage[name], name).toMatchObject({ description: text });
    }
    expect(Object.keys(settings)).toEqual(Object.keys(EXPECTED));
  });

  it('takes a variable wherever a setting is not any text', () => {
    expect(settings['memory']).toEqual({
      description: EXPECTED.memory,
      anyOf: [
        { type: 'integer', minimum: 32, maximum: 10_240 },
        { type: 'string', pattern: '\\$\\{' },
      ],
    });
    expect(settings['app']).toEqual({ description: EXPECTED.app, type: 'string', minLength: 1 });
  });

  it('describes what a component has', () => {
    expect(Object.keys(definitions['component']!['properties']!)).toEqual([
      'component',
      'inputs',
      'dependsOn',
      'hooks',
    ]);
    expect(definitions['component']).toMatchObject({ required: ['component'], additionalProperties: false });
    expect(definitions['oneComponent']).toMatchObject({
      required: ['component'],
      additionalProperties: true,
    });
  });

  it('refers to nothing that it does not have', () => {
    const references = [...JSON.stringify(jsonSchema()).matchAll(/"\$ref":"#\/definitions\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(3);
    for (const [, name] of references) expect(definitions).toHaveProperty(name!);
  });
});
