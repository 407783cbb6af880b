import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeError, RopewayError } from '../../../src/lib/errors.ts';
import { projectOf, told } from '../support.ts';

describe('mistakes in a file of components', () => {
  const noComponent =
    'serverless.yml has no component. [CONFIG]\n' +
    '  expected: a key whose value has `component:`, or `component:` and `inputs:` at the top\n' +
    '  got:      ';
  const isComponent =
    '  expected: a component: its name (flask, @serverless/tencent-flask), a folder (./components/Foo), or npm:<package>\n';

  it.each([
    ['', `${noComponent}nothing`],
    ['- a\n', `${noComponent}a list`],
    ['{}', `${noComponent}only an empty mapping`],
    ['a: 1\nb: { c: 2 }\n', `${noComponent}only a, b`],
    [
      'service: x\nprovider: { name: aws }\nfunctions: {}\n',
      'serverless.yml has no component: it is a file of another tool. [CONFIG]\n' +
        '  expected: a key whose value has `component:`, or `component:` and `inputs:` at the top\n' +
        '  to mend:  write a ropeway.yml (it may be empty) beside it: serverless.yml is then left alone',
    ],
    [
      'a:\n  component: web\nb:\n  component:\n',
      `serverless.yml:4:3: \`b.component\` is not valid. [CONFIG]\n${isComponent}  got:      nothing`,
    ],
    [
      'a:\n  component: ""\n',
      `serverless.yml:2:3: \`component\` is not valid. [CONFIG]\n${isComponent}  got:      a text`,
    ],
    [
      'a:\n  component: web\n  input: {}\n',
      'serverless.yml:3:3: a component has no `input`. [CONFIG]\n' +
        '  expected: one of component, inputs, dependsOn, hooks\n' +
        '  to mend:  did you mean `inputs`?',
    ],
    [
      'a:\n  component: web\n  inputs: [x]\n',
      'serverless.yml:3:3: `inputs` is not valid. [CONFIG]\n' +
        '  expected: a mapping: what the component takes\n' +
        '  got:      a list',
    ],
    [
      'component: web\ninputs: x\n',
      'serverless.yml:2:1: `inputs` is not valid. [CONFIG]\n' +
        '  expected: a mapping: what the component takes\n' +
        '  got:      a text',
    ],
    [
      'a:\n  component: web\n  dependsOn: { b: 1 }\n',
      'serverless.yml:3:3: `dependsOn` is not valid. [CONFIG]\n' +
        '  expected: an alias of another component, or a list of them\n' +
        '  got:      a mapping',
    ],
    [
      'api:\n  component: web\nb:\n  component: web\n  dependsOn:\n    - api\n    - aip\n',
      'serverless.yml:7:7: there is no component `aip`. [UNKNOWN_REFERENCE]\n' +
        '  expected: one of api, b\n' +
        '  to mend:  did you mean `api`?',
    ],
    [
      'a:\n  component: web\n  hooks: { befor: x }\n',
      'serverless.yml:3:12: a component has no `hooks.befor`. [CONFIG]\n' +
        '  expected: one of before, after\n' +
        '  to mend:  did you mean `before`?',
    ],
    [
      'a:\n  component: web\n  hooks: { before: 5 }\n',
      'serverless.yml:3:12: `hooks.before` is not valid. [CONFIG]\n' +
        '  expected: `before` and `after`, each a shell command or a list of them\n' +
        '  got:      a number',
    ],
    [
      'a:\n  component: web\n  hooks: { before: "x ${b.url}" }\nb: { component: web }\n',
      'serverless.yml:3:12: a hook cannot refer to outputs of `b`. [CONFIG]\n' +
        '  expected: ${stage}, or a value of the file',
    ],
    [
      'a:\n  component: web\n  hooks:\n    after: "x ${env.KEY}"\n',
      'serverless.yml:4:5: a hook has a variable of the environment in it. [CONFIG]\n' +
        '  to mend:  write $NAME instead of ${env.NAME}: the shell puts it in',
    ],
    [
      'a:\n  component: web\n  hooks: { after: "${n}" }\nn: 5\n',
      'serverless.yml:3:12: a hook is a text. [CONFIG]\n  got:      a number',
    ],
    [
      'env:\n  component: web\n',
      'serverless.yml:1:1: `env` cannot be the name of a component. [CONFIG]\n' +
        '  expected: another name: ${env} and ${env.…} stand for something else',
    ],
    [
      'a b:\n  component: web\n',
      'serverless.yml:1:1: this cannot be the name of a component. [CONFIG]\n' +
        '  expected: letters, digits, - and _\n' +
        '  got:      "a b"',
    ],
    [
      'a:\n  component: web\n  inputs:\n    x: 1\n    list:\n      - "${bb.url}"\nbbb:\n  component: web\n',
      'serverless.yml:6:9: `${bb.url}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, an output of a component (a, bbb)\n' +
        '  to mend:  did you mean ${bbb.url}?',
    ],
    [
      'a:\n  component: web\n  inputs: { x: "${b.y}" }\nb:\n  component: web\n  inputs:\n    - z\n',
      'serverless.yml:6:3: `inputs` is not valid. [CONFIG]\n' +
        '  expected: a mapping: what the component takes\n' +
        '  got:      a list',
    ],
    [
      'a:\n  component: web\n  inputs: { x: "${b.y}" }\nb:\n  component: web\n  dependsOn: a\n',
      'Components wait for one another in a circle: a → b → a [CYCLE]\n' +
        '  serverless.yml:3:13: a needs b\n' +
        '  serverless.yml:4:1: b needs a\n' +
        '  to mend:  take one of these references, or a dependsOn, out',
    ],
    [
      'x: ${y}\ny: ${x}\na: { component: web }\n',
      'serverless.yml:1:1: values refer to one another in a circle: y → x → y [CYCLE]\n' +
        '  to mend:  write one of them as it is to be, without a variable',
    ],
    [
      'stage: a/b\na: { component: web }\n',
      'serverless.yml:1:1: `stage` is not valid. [CONFIG]\n' +
        '  expected: the name of a stage: up to 64 letters, digits, - and _\n' +
        '  got:      a text',
    ],
    [
      'a: { component: web }\na: { component: web }\n',
      'serverless.yml:2:1: Map keys must be unique [CONFIG]\n' +
        '  expected: YAML: one `setting: value` a line, text with special characters in quotes',
    ],
  ])('%j', async (text, message) => {
    expect(await told(() => projectOf(text, { env: { KEY: 'hunter2' } }))).toBe(message);
  });

  it('are ours, whatever is in the file, and tell nothing of the environment', async () => {
    const line = fc
      .array(
        fc.constantFrom(
          'a: ',
          'b:',
          '\n',
          '\n  ',
          '\n    ',
          'component: web',
          'component: ',
          'inputs: ',
          'dependsOn: a',
          'hooks: ',
          '"${a.x}"',
          '"${env.A}"',
          '"${b}"',
          '{ x: ',
          '}',
          '- ',
          'stage: ',
          'memory: ',
          'stages: { dev: { timeout: ',
          '"${self:${env.A}}"',
          '"${a.${env.A}}"',
          '&x ',
          '*x',
          '<<: *x',
          '${',
        ),
        { maxLength: 16 },
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        line,
        fc.constantFrom('serverless.yml', 'ropeway.yml', 'serverless.json'),
        async (text, name) => {
          try {
            const project = await projectOf(
              { [name]: `a: { component: web }\n${text}` },
              { env: { A: '(hunter2)' } },
            );
            for (const entry of project!.components) expect(entry.where(['x'])).toMatch(/:\d+:\d+$/);
          } catch (error) {
            if (!(error instanceof RopewayError) || error.exitCode !== 2) throw error;
            expect(describeError(error)).not.toContain('hunter2');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
