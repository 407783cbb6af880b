import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Resolved, toPlain } from '../../../src/config/variables/filled.ts';
import { escapeText } from '../../../src/config/variables/parse-text.ts';
import { createResolver, type Scope } from '../../../src/config/variables/resolver.ts';
import { RopewayError } from '../../../src/lib/errors.ts';
import { fileOf, told } from '../support.ts';

interface Known {
  values?: Record<string, unknown>;
  env?: Record<string, string | undefined>;
  components?: string[];
  stage?: string;
}

function fillAll(
  data: unknown,
  { values = {}, env = {}, components = [], stage = 'prod' }: Known = {},
): Resolved {
  const scope: Scope = { file: fileOf(undefined), stage, env, values, components: new Set(components) };
  return toPlain(createResolver(scope)(data, ['top']));
}

const fill = (data: unknown, known?: Known): unknown => fillAll(data, known).value;

describe('putting variables in', () => {
  const values = {
    name: 'shop',
    size: 512,
    on: true,
    nothing: null,
    list: ['x', { y: 'z' }],
    sizes: { dev: 64, prod: 1024 },
    picked: '${sizes.${stage}}',
    twice: '${picked} MB of ${name}',
    self: 'kept',
    env: { A: 'of the file' },
    both: { a: '${both.b}', b: 1 },
    alias: '${fn}',
  };
  const env = { A: 'a', EMPTY: '', ODD: '${env.A} $${x} }' };
  const known = { values, env, components: ['fn'] };

  it.each([
    ['plain', 'plain'],
    ['${env.A}', 'a'],
    ['${env:A}', 'a'],
    ['<${env.A}>', '<a>'],
    ['${env.EMPTY, x}', ''],
    // What the environment says is never read again.
    ['${env.ODD}', '${env.A} $${x} }'],
    ['${env.NO, text}', 'text'],
    ["${env:NO, 'a, b'}", 'a, b'],
    ['${env.NO, 5}', 5],
    ['x${env.NO, 5}', 'x5'],
    ['${env.NO, env.A}', 'a'],
    ['${env.NO, self:size}', 512],
    ["${env.NO, env.NOR, 'last'}", 'last'],
    ['${env.NO, <${env.A}>}', '<a>'],
    ['${stage}', 'prod'],
    ['${opt:stage}', 'prod'],
    ['${opt.stage, dev}', 'prod'],
    ['${name}', 'shop'],
    ['${self:name}', 'shop'],
    ['${self:self}', 'kept'],
    ['${self:env.A}', 'of the file'],
    ['${size}', 512],
    ['${on}', true],
    ['${nothing}', null],
    ['a${size}${on}', 'a512true'],
    ['${list}', ['x', { y: 'z' }]],
    ['${list.0}', 'x'],
    ['${list[1].y}', 'z'],
    ['${sizes.${stage}}', 1024],
    ['${self:${env.NO, name}}', 'shop'],
    ['${picked}', 1024],
    ['${twice}', '1024 MB of shop'],
    ['${both}', { a: 1, b: 1 }],
    ['${no.such, 7}', 7],
    ['$${name} is ${name}', '${name} is shop'],
  ])('%s is %j', (text, value) => {
    expect(fill(text, known)).toEqual(value);
  });

  it('goes through lists and mappings, not through keys', () => {
    expect(fill({ '${name}': ['${size}', { a: null, b: 2 }] }, known)).toEqual({
      '${name}': [512, { a: null, b: 2 }],
    });
  });

  it('keeps a key called __proto__ as a key', () => {
    const value = fill(JSON.parse('{"__proto__": {"a": "${size}"}}'), known) as object;
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":512}}');
    expect(fill('${constructor, none}', known)).toBe('none');
    expect(fill('${list.length, none}', known)).toBe('none');
    expect(fill('${env.toString, none}', known)).toBe('none');
  });

  it('leaves outputs that are still to come', () => {
    const { value, unresolved, components } = fillAll(
      {
        whole: '${fn}',
        part: '$${x} ${env.ODD} at ${fn.url}',
        list: ["${fn.urls.0, 'it''s'}", '${fn.n, 5}', '${fn.m, env.A}'],
        through: '${alias.url}',
        plain: '$${x}',
      },
      known,
    );
    expect(value).toEqual({
      whole: '${fn}',
      part: '$${x} $${env.A} $$${x} } at ${fn.url}',
      list: ["${fn.urls.0, 'it''s'}", '${fn.n, 5}', "${fn.m, 'a'}"],
      through: '${fn.url}',
      plain: '${x}',
    });
    expect(unresolved).toEqual([['whole'], ['part'], ['list', 0], ['list', 1], ['list', 2], ['through']]);
    expect([...components]).toEqual(['fn']);
  });

  it('remembers what came from the environment, however it came', () => {
    const { secret } = fillAll(
      {
        a: '${env.A}',
        b: ['x', 'y ${env.A}'],
        c: '${key}',
        d: '${holder}',
        e: '${env.NO, text}',
        f: '${fn.x, env.A}',
        g: '${size}',
        h: '${stage}',
      },
      { ...known, values: { ...values, key: '${env.A}', holder: { in: 'x${key}', not: 1 } } },
    );
    expect(secret).toEqual([['a'], ['b', 1], ['c'], ['d', 'in'], ['e'], ['f']]);
  });

  it.each([
    [
      '${env.NO}',
      'file:top.v: the environment variable `NO` is not set. [ENV_MISSING]\n' +
        "  to mend:  export NO=…, write NO=… in .env or .env.prod, or give a default: ${env.NO, 'text'}",
    ],
    [
      '${env.NO, env.NOR}',
      'file:top.v: the environment variable `NOR` is not set. [ENV_MISSING]\n' +
        "  to mend:  export NOR=…, write NOR=… in .env or .env.prod, or give a default: ${env.NOR, 'text'}",
    ],
    [
      '${nmae}',
      'file:top.v: `${nmae}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (name, sizes, loop), an output of a component (fn)\n' +
        '  to mend:  did you mean ${name}?',
    ],
    [
      '${fnn.url}',
      'file:top.v: `${fnn.url}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (name, sizes, loop), an output of a component (fn)\n' +
        '  to mend:  did you mean ${fn.url}?',
    ],
    [
      '${self:sizes.pord}',
      'file:top.v: `${self:sizes.pord}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: a key of `self:sizes`: prod\n' +
        '  to mend:  did you mean ${self:sizes.prod}?',
    ],
    [
      '${name.first}',
      'file:top.v: `${name.first}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: a key of `name`: no keys\n' +
        '  to mend:  to keep the characters as they are, write $${name.first}',
    ],
    [
      '${self:fn.url}',
      'file:top.v: `${self:fn.url}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (name, sizes, loop), an output of a component (fn)\n' +
        '  to mend:  for an output of the component `fn`, write ${fn.url}',
    ],
    [
      'http://x:${PORT}',
      'file:top.v: `${PORT}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (name, sizes, loop), an output of a component (fn)\n' +
        '  to mend:  to keep the characters as they are, write $${PORT}',
    ],
    [
      '${file(./other.yml):x, 5}',
      'file:top.v: `${file(./other.yml):x}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (name, sizes, loop), an output of a component (fn)\n' +
        '  to mend:  to keep the characters as they are, write $${…}',
    ],
    [
      'x ${sizes}',
      'file:top.v: `${sizes}` is no text, and there is text around it. [CONFIG]\n' +
        '  expected: a text, a number, true or false\n' +
        '  got:      a mapping',
    ],
    [
      '${fn.x, self:sizes}',
      'file:top.v: the default of an output is no plain value. [CONFIG]\n' +
        "  expected: a text, a number, true, false or null: ${alias.output, 'text'}",
    ],
    [
      '${sizes.${fn.stage}}',
      'file:top.v: the name of a variable has an output of a component in it. [CONFIG]\n' +
        '  expected: a name that is known before anything is deployed',
    ],
    [
      '${self:${env.SECRET}}',
      'file:top.v: `${self:${env.SECRET}}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (name, sizes, loop), an output of a component (fn)\n' +
        '  to mend:  to keep the characters as they are, write $${…}',
    ],
    [
      '${fn.${env.SECRET}}',
      'file:top.v: the name of an output has a variable of the environment in it. [CONFIG]\n' +
        '  expected: ${stage}, or a value of the file',
    ],
    [
      '${loop.a}',
      'file:loop.c: values refer to one another in a circle: loop.a → loop.b → loop.c → loop.a [CYCLE]\n' +
        '  to mend:  write one of them as it is to be, without a variable',
    ],
  ])('%s is refused', async (text, message) => {
    const loop = { a: '${loop.b}', b: ['${loop.c}'], c: 'x ${loop.a}' };
    const env = { SECRET: 'hunter2' };
    const scope = { env, values: { name: 'shop', sizes: { prod: 1 }, loop }, components: ['fn'] };
    expect(await told(() => fill({ v: text }, scope))).toBe(message);
  });

  it('refuses values that grow without end', async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`v${i}`, i === 0 ? 'ha' : `\${v${i - 1}}\${v${i - 1}}`]),
    );
    const large = 'variables put in more than 5 million characters, or 100 levels. [CONFIG]';
    expect(await told(() => fill('${v39}', { values: texts }))).toContain(large);
    const lists = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`v${i}`, i === 0 ? 'ha' : [`\${v${i - 1}}`, `\${v${i - 1}}`]]),
    );
    expect(await told(() => fill('${v39}', { values: lists }))).toContain(large);
    const deep = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`v${i}`, i === 0 ? 'ha' : [`\${v${i - 1}}`]]),
    );
    expect(
      await told(() =>
        fill(
          Object.keys(deep).map((key) => `\${${key}}`),
          { values: deep },
        ),
      ),
    ).toContain(large);
    expect(await told(() => fill('${v4999}', { values: deep }))).toMatch(
      /it is nested too deeply\.|in a row\./,
    );
  });

  it('is total: data, or an error of ours', () => {
    const text = fc
      .array(
        fc.constantFrom(
          '${',
          '}',
          '$${',
          ', ',
          "'",
          'env.A',
          'env.B',
          'self:',
          'a',
          'b',
          'c',
          '.',
          'fn',
          'x',
          'stage',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    const data = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.record({ a: text, b: text }));
    fc.assert(
      fc.property(data, data, data, text, (a, b, c, top) => {
        try {
          const { value } = fillAll(top, { values: { a, b, c }, env: { A: '${x' }, components: ['fn'] });
          if (!top.includes('${')) expect(value).toBe(top);
        } catch (error) {
          if (!(error instanceof RopewayError) || error.exitCode !== 2) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('gives back every text that was escaped', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', '${', '${x}', '$${'), (text, more) => {
        expect(fill(escapeText(text + more))).toBe(text + more);
      }),
    );
  });
});
