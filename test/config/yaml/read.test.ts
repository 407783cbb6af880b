import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import type { ConfigFile } from '../../../src/config/file.ts';
import { readYaml } from '../../../src/config/yaml/read.ts';
import { RopewayError } from '../../../src/lib/errors.ts';
import { appFolder } from '../../support/command.ts';
import { told } from '../support.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => {
  folder?.remove();
  folder = undefined;
});

function read(text: string | Uint8Array, name = 'serverless.yml'): ConfigFile {
  folder ??= appFolder({});
  writeFileSync(join(folder.dir, name), text);
  return readYaml(folder.dir, name);
}

describe('reading YAML', () => {
  it('takes what old files have: BOM, CRLF, comments in Chinese, texts without quotes', () => {
    const { value, where } = read(
      '\uFEFF# 函数配置\r\nruntime: Python3.6\r\nmemorySize: 64 # 内存\r\non: yes\r\ndate: 2020-01-01\r\n',
    );
    expect(value).toEqual({ runtime: 'Python3.6', memorySize: 64, on: 'yes', date: '2020-01-01' });
    expect(where(['memorySize'])).toBe('serverless.yml:3:1');
  });

  it('takes JSON, with tabs', () => {
    const { value, where } = read('{\n\t"a": {\n\t\t"b": [1, "x"]\n\t}\n}', 'serverless.json');
    expect(value).toEqual({ a: { b: [1, 'x'] } });
    expect(where(['a', 'b', 1])).toBe('serverless.json:3:12');
  });

  it('tells what is wrong in JSON', async () => {
    expect(await told(() => read('{\n  "a": 1', 'serverless.json'))).toMatch(
      /^serverless\.json:\d:\d+: [^"]+ \[CONFIG\]\n {2}expected: JSON$/,
    );
  });

  it('an empty file, or one of comments, is undefined', () => {
    expect(read('').value).toBeUndefined();
    expect(read('# nothing yet\n').value).toBeUndefined();
  });

  it('tells where a path stands, or the nearest one above it', () => {
    const { where } = read('a:\n  b:\n    - x\n    - c: 1\n');
    expect(where([])).toBe('serverless.yml:1:1');
    expect(where(['a', 'b'])).toBe('serverless.yml:2:3');
    expect(where(['a', 'b', 0])).toBe('serverless.yml:3:7');
    expect(where(['a', 'b', 1, 'c'])).toBe('serverless.yml:4:7');
    expect(where(['a', 'b', 7, 'c'])).toBe('serverless.yml:2:3');
    expect(where(['a', 'none', 'x'])).toBe('serverless.yml:1:1');
    expect(where(['none'])).toBe('serverless.yml:1:1');
  });

  it('follows aliases and merges, and tells where these were written', () => {
    const { value, where, firstAlias } = read(
      'base: &base\n  memory: 64\n  env: { A: 1 }\nsmall: *base\nbig:\n  <<: *base\n  memory: 128\nmore:\n  <<: [{ x: 1 }, *base]\n',
    );
    expect(value).toEqual({
      base: { memory: 64, env: { A: 1 } },
      small: { memory: 64, env: { A: 1 } },
      big: { memory: 128, env: { A: 1 } },
      more: { x: 1, memory: 64, env: { A: 1 } },
    });
    expect(firstAlias).toBe('serverless.yml:4:8');
    expect(where(['small', 'memory'])).toBe('serverless.yml:2:3');
    expect(where(['big', 'memory'])).toBe('serverless.yml:7:3');
    expect(where(['big', 'env', 'A'])).toBe('serverless.yml:3:10');
    expect(where(['more', 'env'])).toBe('serverless.yml:3:3');
  });

  it('keeps the numbers of environments as they are written, wherever these stand', () => {
    const { value } = read(
      'a:\n  environment:\n    variables: { V: 1.10, N: 7 }\n  env: &env { O: 007 }\n  environments:\n    - { key: X, value: 1e3 }\n  size: 1.10\nb: { variables: *env }\n',
    );
    expect(value).toEqual({
      a: {
        environment: { variables: { V: '1.10', N: 7 } },
        env: { O: '007' },
        environments: [{ key: 'X', value: '1e3' }],
        size: 1.1,
      },
      b: { variables: { O: '007' } },
    });
  });

  it('a comment in another encoding is left alone, a text is not', async () => {
    // 函数 in GBK.
    const gbk = Buffer.from([0xba, 0xaf, 0xca, 0xfd]);
    expect(read(Buffer.concat([Buffer.from('# '), gbk, Buffer.from('\na: 1\n')])).value).toEqual({ a: 1 });
    const text = Buffer.concat([Buffer.from('a: 1\nb: '), gbk, Buffer.from('\n')]);
    expect(await told(() => read(text))).toBe(notYaml('serverless.yml:2:4: this text is not UTF-8'));
    expect(read('a: \uFFFD\n').value).toEqual({ a: '\uFFFD' });
  });

  it.each([
    ['a: !Ref x\n', '1:4: tags (!name) are not supported'],
    ['a: !!binary aGk=\n', '1:4: tags (!name) are not supported'],
    ['a: 1\nb:\n  - !!js/function x\n', '3:5: tags (!name) are not supported'],
    ['%YAML 1.1\n---\na: !!set {x}\n', '3:4: tags (!name) are not supported'],
    ['a: 1\nb: 2\na: 3\n', '3:1: Map keys must be unique'],
    ['a: { x: 1, x: 2 }\n', '1:12: Map keys must be unique'],
    ['1: a\n"1": b\n', '2:1: Map keys must be unique'],
    ['a:\n\tb: 1\n', '2:1: Tabs are not allowed as indentation'],
    ['a: 1\n---\nb: 1\n', '2:1: a second document begins here'],
    ['? [a]\n: b\n', '1:3: a key is a text'],
    ['a: .inf\n', '1:4: numbers have an end'],
    ['a: *b\n', '1:4: there is no anchor (&name) above for this alias (*name)'],
    ['a: *b\nb: &b 1\n', '1:4: there is no anchor (&name) above for this alias (*name)'],
    ['a: &a\n  b: [1, *a]\n', '2:10: this alias (*name) stands inside of what it repeats'],
    ['a:\n  <<: 5\n', '2:3: << takes a mapping, or a list of mappings'],
    ['a:\n  ! <<: 5\n', '2:5: << takes a mapping, or a list of mappings'],
    ['a: &a [1]\nb:\n  <<: *a\n', '3:3: << takes a mapping, or a list of mappings'],
  ])('%j is refused with its place', async (text, message) => {
    expect(await told(() => read(text))).toBe(notYaml(`serverless.yml:${message}`));
  });

  it('refuses what is nested without end', async () => {
    const flow = `a: ${'['.repeat(101)}${']'.repeat(101)}`;
    expect(await told(() => read(flow))).toContain('it is nested too deeply');
    expect(await told(() => read('['.repeat(100_000)))).toMatch(/^serverless\.yml:.*\[CONFIG\]/);
    const chain = Array.from({ length: 120 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 1 : `*a${i - 1}`}]`);
    expect(await told(() => read(chain.join('\n')))).toBe(
      notYaml('serverless.yml:99:12: it is nested too deeply'),
    );
  });

  it('refuses aliases that grow without end', async () => {
    const laughs = Array.from({ length: 10 }, (_, i) => {
      const item = i === 0 ? 'ha' : `*a${i - 1}`;
      return `a${i}: &a${i} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
    });
    expect(await told(() => read(laughs.join('\n')))).toContain(
      'it is longer than 5 million characters when its aliases are written out [CONFIG]',
    );
  });

  it('takes many aliases of something small', () => {
    const uses = Array.from({ length: 2000 }, (_, i) => `k${i}: *x`).join('\n');
    expect(Object.keys(read(`x: &x {a: 1}\n${uses}\n`).value as object)).toHaveLength(2001);
  });

  it('never crashes', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          'a',
          '- ',
          ': ',
          '\n',
          '\n  ',
          '&a ',
          '*a',
          '<<: ',
          '[',
          ']',
          '{',
          '}',
          ', ',
          '"',
          "'",
          '|',
          '>',
        ),
        fc.constantFrom(
          '!x ',
          '! ',
          '# ',
          '%YAML 1.1',
          '---\n',
          '? ',
          '\t',
          '\r\n',
          '\uFEFF',
          '1',
          '.nan',
          '~',
          'env: ',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 40 },
    );
    const dir = appFolder({});
    folder = dir;
    const check = (bytes: string | Uint8Array): void => {
      writeFileSync(join(dir.dir, 'x.yml'), bytes);
      try {
        const { value, where } = readYaml(dir.dir, 'x.yml');
        expect(where(['a', 0])).toMatch(/^x\.yml:\d+:\d+$/);
        expect(isJson(value ?? null)).toBe(true);
      } catch (error) {
        if (!(error instanceof RopewayError) || error.exitCode !== 2) throw error;
      }
    };
    fc.assert(
      fc.property(pieces, (parts) => check(parts.join(''))),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), check), { numRuns: 500 });
  });
});

function notYaml(message: string): string {
  return `${message} [CONFIG]\n  expected: YAML: one \`setting: value\` a line, text with special characters in quotes`;
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) {
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  }
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every(isJson);
}
