import { z } from 'zod';

const text = z.string().min(1);
const texts = z.union([text, z.array(text)]).nullish();
const hooks = z.strictObject({ before: texts, after: texts }).nullish();
const inputs = z.record(z.string(), z.unknown()).nullish();

/** What stands below the alias of a component. */
export const entrySchema = z.strictObject({ component: text, inputs, dependsOn: texts, hooks });

/** For people, and for editors. */
export const EXPECTED_OF_COMPONENT: Record<keyof z.infer<typeof entrySchema>, string> = {
  component:
    'a component: its name (flask, @serverless/tencent-flask), a folder (./components/Foo), or npm:<package>',
  inputs: 'a mapping: what the component takes',
  dependsOn: 'an alias of another component, or a list of them',
  hooks: '`before` and `after`, each a shell command or a list of them',
};
