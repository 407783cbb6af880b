import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { EXPECTED_OF_COMPONENT } from '../../src/config/project/component-schema.ts';
import { EXPECTED } from '../../src/config/schema.ts';
import { root } from '../support/root.ts';
import { projectOf } from './support.ts';

const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');

describe('docs/configuration.md', () => {
  it('has a row for every setting, and for every key of a component', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    const all = [...Object.keys(EXPECTED), ...Object.keys(EXPECTED_OF_COMPONENT)];
    expect(new Set(rows)).toEqual(new Set(all));
    expect(rows).toHaveLength(all.length);
  });

  const examples = [...page.matchAll(/^```(?:yaml|js)\n(?:# |\/\/ )(\S+)\n([\s\S]*?)^```/gm)];
  it.each(examples.map(([, name, text]) => [name!, text!]))(
    'has an example that is right: %s',
    async (name, text) => {
      const project = await projectOf({ [name]: text }, { stage: 'prod', env: { DATABASE_URL: 'x' } });
      expect(project!.components.length).toBeGreaterThan(0);
    },
  );

  it('has an example of each kind', () => {
    expect(examples.map(([, name]) => name)).toEqual([
      'ropeway.yml',
      'ropeway.yml',
      'serverless.yml',
      'serverless.yml',
      'serverless.js',
      'serverless.yml',
    ]);
  });
});
