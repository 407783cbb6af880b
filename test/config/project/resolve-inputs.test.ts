import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resolveInputs } from '../../../src/config/project/load.ts';
import { escapeText } from '../../../src/config/variables/parse-text.ts';
import { componentOf, entryOf, told } from '../support.ts';

const outputs: Record<string, Record<string, unknown>> = {
  api: { url: 'https://x', port: 80, on: false, list: ['a', { b: null }], odd: '${api.url} $${x}', '': 1 },
  empty: {},
};
const outputsOf = (alias: string): Record<string, unknown> | undefined =>
  Object.hasOwn(outputs, alias) ? outputs[alias] : undefined;

describe('putting outputs in', () => {
  it.each([
    ['${api.url}', 'https://x'],
    ['${api.port}', 80],
    ['${api.on}', false],
    ['${api.list}', ['a', { b: null }]],
    ['${api.list.1.b}', null],
    ['${api.list[0]}', 'a'],
    ['${api}', outputs['api']],
    ['<${api.url}:${api.port}/${api.on}>', '<https://x:80/false>'],
    // What an output says is never read again.
    ['${api.odd}', '${api.url} $${x}'],
    ['x ${api.odd}', 'x ${api.url} $${x}'],
    ['$${api.url} ${api.port}', '${api.url} 80'],
    ["${api.none, 'it''s'}", "it's"],
    ['${api.none, 5}', 5],
    ['${api.url.deeper, none}', 'none'],
    ['${late.url, none}', 'none'],
    ['a ${api.none, 5}', 'a 5'],
    ['$${plain}', '${plain}'],
    ['plain', 'plain'],
  ])('%s is %j', async (text, value) => {
    const other = ['late', 'empty', 'api'].map((alias) => `${alias}: { component: web }`).join('\n');
    const entry = await componentOf(
      `a:\n  component: web\n  inputs: { v: [${JSON.stringify(text)}], w: 1 }\n${other}\n`,
    );
    const before = structuredClone(entry.inputs);
    expect(resolveInputs(entry, outputsOf)).toEqual({ v: [value], w: 1 });
    expect(entry.inputs).toEqual(before);
    // An entry by hand is as one that was written.
    expect(resolveInputs(entryOf('a', [], { v: [text], w: 1 }), outputsOf)).toEqual({ v: [value], w: 1 });
  });

  it('gives everybody a copy', () => {
    const first = resolveInputs(entryOf('a', [], { v: '${api.list}' }), outputsOf);
    (first['v'] as unknown[]).push('changed');
    expect(outputs['api']!['list']).toEqual(['a', { b: null }]);
  });

  it.each([
    [
      '${api.ulr}',
      'file:a.v.0: `api` has no output `ulr`. [REFERENCE]\n' +
        '  expected: one of url, port, on, list, odd, \n' +
        '  got:      ${api.ulr}\n' +
        '  to mend:  did you mean ${api.url}?',
    ],
    [
      'x ${api.list.7}',
      'file:a.v.0: `api.list` has no output `7`. [REFERENCE]\n' +
        '  expected: one of 0, 1\n' +
        '  got:      ${api.list.7}\n' +
        '  to mend:  did you mean ${api.list.0}?',
    ],
    [
      '${empty.something}',
      'file:a.v.0: `empty` has no output `something`. [REFERENCE]\n' +
        '  expected: nothing: `empty` has no outputs\n' +
        '  got:      ${empty.something}\n' +
        "  to mend:  give a default: ${empty.something, 'text'}",
    ],
    [
      '${api.constructor}',
      'file:a.v.0: `api` has no output `constructor`. [REFERENCE]\n' +
        '  expected: one of url, port, on, list, odd, \n' +
        '  got:      ${api.constructor}\n' +
        "  to mend:  give a default: ${api.constructor, 'text'}",
    ],
    ['${late.url}', 'file:a.v.0: `late` has no outputs yet. [REFERENCE]\n  to mend:  deploy `late` first'],
    [
      'x ${api}',
      'file:a.v.0: `${api}` is no text, and there is text around it. [REFERENCE]\n' +
        '  expected: a text, a number, true or false\n' +
        '  got:      a mapping',
    ],
  ])('%s is refused', async (text, message) => {
    expect(await told(() => resolveInputs(entryOf('a', [], { v: [text] }), outputsOf))).toBe(message);
  });

  it('leaves everything else as it is, whatever characters it has', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom('', '$', '${', '$${', '}'),
        (before, after, odd) => {
          const around = escapeText(before + odd);
          const entry = entryOf('a', [], { v: `${around} \${api.odd} ${escapeText(odd + after)}` });
          expect(resolveInputs(entry, outputsOf)).toEqual({
            v: `${before}${odd} \${api.url} $\${x} ${odd}${after}`,
          });
        },
      ),
    );
  });
});
