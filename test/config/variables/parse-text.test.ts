import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseName } from '../../../src/config/variables/name.ts';
import { escapeText, parseText } from '../../../src/config/variables/parse-text.ts';
import { RopewayError } from '../../../src/lib/errors.ts';
import { told } from '../support.ts';

const parse = (text: string): unknown => parseText(text, () => 'file:1:1');

/** Texts that are likely to have variables in them. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '${',
        '}',
        '$',
        '{',
        '$${',
        ', ',
        "'",
        '"',
        'env.X',
        'self:a.b',
        'opt:stage',
        '.',
        ' ',
        '5',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe('taking a text apart', () => {
  it.each([
    ['', []],
    ['plain $ { } $x', ['plain $ { } $x']],
    ['${env.X}', [{ name: ['env.X'] }]],
    ['${ env.X }', [{ name: ['env.X'] }]],
    ['a ${b} c ${d}', ['a ', { name: ['b'] }, ' c ', { name: ['d'] }]],
    ['${}', [{ name: [] }]],
    ["${a, 'x, }${'' \"y'}", [{ name: ['a'], fallback: { value: 'x, }${\' "y' } }]],
    ['${a, "it\'s" }', [{ name: ['a'], fallback: { value: "it's" } }]],
    ["${a, ''}", [{ name: ['a'], fallback: { value: '' } }]],
    ['${a, }', [{ name: ['a'], fallback: { value: '' } }]],
    ['${a,some text, too }', [{ name: ['a'], fallback: { value: 'some text, too' } }]],
    ['${a, 512}', [{ name: ['a'], fallback: { value: 512 } }]],
    ['${a, -1.5}', [{ name: ['a'], fallback: { value: -1.5 } }]],
    ['${a, 007}', [{ name: ['a'], fallback: { value: '007' } }]],
    ['${a, 1.10}', [{ name: ['a'], fallback: { value: '1.10' } }]],
    ['${a, true}', [{ name: ['a'], fallback: { value: true } }]],
    ['${a, null}', [{ name: ['a'], fallback: { value: null } }]],
    ['${a.${b}.c}', [{ name: ['a.', { name: ['b'] }, '.c'] }]],
    ['${a, x${b}}', [{ name: ['a'], fallback: { parts: ['x', { name: ['b'] }] } }]],
    [
      "${opt:stage, self:stage, 'dev'}",
      [
        {
          name: ['opt:stage'],
          fallback: { parts: [{ name: ['self:stage'], fallback: { value: 'dev' } }] },
        },
      ],
    ],
    ['$${env.X}', ['${env.X}']],
    ['$$${env.X}', ['$${env.X}']],
    ['$${a} ${b}', ['${a} ', { name: ['b'] }]],
  ])('%j', (text, parts) => {
    expect(parse(text)).toEqual(parts);
  });

  it.each(['${', '${a', 'x ${a, ', "${a, 'x}", "${a, 'x' y}", '${a, ${b}'])('%j has no end', async (text) => {
    expect(await told(() => parse(text))).toBe(
      'file:1:1: a variable has no end. [CONFIG]\n' +
        '  expected: ${name} or ${name, default}\n' +
        '  to mend:  write $${ where the text is to have the characters ${',
    );
  });

  it.each(['${'.repeat(50_000), `\${a${', env:A'.repeat(50_000)}`])(
    'refuses nesting without end',
    async (text) => {
      expect(await told(() => parse(text))).toBe('file:1:1: variables are nested too deeply. [CONFIG]');
    },
  );

  it('is total: parts, or an error of ours', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(Array.isArray(parse(text))).toBe(true);
        } catch (error) {
          if (!(error instanceof RopewayError) || error.code !== 'CONFIG') throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves text without ${ as it is', () => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!text.includes('${') && text !== '');
        expect(parse(text)).toEqual([text]);
      }),
    );
  });

  it('gives back what was escaped', () => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(text !== '');
        expect(parse(escapeText(text))).toEqual([text]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('names of variables', () => {
  it.each([
    ['env.X', { kind: 'env', name: 'X' }],
    ['env:X_1', { kind: 'env', name: 'X_1' }],
    ['stage', { kind: 'stage' }],
    ['opt:stage', { kind: 'stage' }],
    ['opt.stage', { kind: 'stage' }],
    ['self:a.b', { kind: 'path', path: ['a', 'b'], self: true }],
    ['self:env.X', { kind: 'path', path: ['env', 'X'], self: true }],
    ['my-fn.url', { kind: 'path', path: ['my-fn', 'url'], self: false }],
    ['a.list[0].x', { kind: 'path', path: ['a', 'list', '0', 'x'], self: false }],
    ['函数.地址', { kind: 'path', path: ['函数', '地址'], self: false }],
  ])('%s', (name, target) => {
    expect(parseName(name)).toEqual(target);
  });

  it.each([
    '',
    'env',
    'env.',
    'env.a-b',
    'env.1',
    'self',
    'self:',
    'opt:region',
    'opt',
    'stage.x',
    'a..b',
    '.a',
    'a.',
    'a b',
    'file(./x.yml):y',
    'ssm:/x',
    'a:b',
    'PORT:-80',
  ])('%j is none', (name) => {
    expect(parseName(name)).toBeUndefined();
  });
});
