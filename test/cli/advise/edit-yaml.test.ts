import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { withSettings } from '../../../src/cli/commands/advise/edit-yaml.ts';
import { lineDiff } from '../../../src/cli/commands/advise/line-diff.ts';

const WANTED = "functions:\n  default: { memory: 192 }\n  jieba: { memory: 256, routes: ['/jieba/*'] }";

describe('settings added to ropeway.yml', () => {
  it('leave comments, order and everything else as they are', () => {
    const before = '# The shop.\nname: shop   # as deployed\n\nenv:\n  A: 1.10 # kept\n';
    const { text, conflicts } = withSettings(before, WANTED);
    expect(conflicts).toEqual([]);
    expect(text).toBe(`${before}${WANTED}\n`);
    expect(parse(text)).toMatchObject({
      name: 'shop',
      functions: { jieba: { memory: 256, routes: ['/jieba/*'] } },
    });
    expect(withSettings(text, WANTED)).toEqual({ text, conflicts: [] });
  });

  it('make a file where there is none', () => {
    expect(parse(withSettings('', 'memory: 128').text)).toEqual({ memory: 128 });
    expect(withSettings('# only this\n', 'memory: 128').text).toBe('# only this\nmemory: 128\n');
  });

  it('go beside what stands in a mapping already, and never over it', () => {
    const before = 'functions:\n  default: { memory: 512 }\n  report: { routes: [/report] } # slow\n';
    const { text, conflicts } = withSettings(before, WANTED);
    expect(conflicts).toEqual([{ setting: 'functions.default.memory', is: 512, wanted: 192 }]);
    expect(text).toContain('# slow');
    expect(withSettings('memory: [1]', 'memory: 128').conflicts).toEqual([
      { setting: 'memory', is: [1], wanted: 128 },
    ]);
    expect(() => withSettings('- a list', 'memory: 128')).toThrow(/no YAML/);
    expect(() => withSettings('a: [', 'memory: 128')).toThrow(/no YAML/);
  });
});

describe('the difference of two texts', () => {
  it('shows what is new and gone, with what stands around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\n';
    expect(lineDiff(before, before.replace('e\n', 'x\ny\n'))).toEqual([
      '  c',
      '  d',
      '- e',
      '+ x',
      '+ y',
      '  f',
    ]);
    expect(lineDiff('', 'a\n')).toEqual(['+ a']);
    expect(lineDiff(before, before)).toEqual([]);
  });

  it('leads from one to the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const diff = lineDiff(
          one.map((line) => `${line}\n`).join(''),
          other.map((line) => `${line}\n`).join(''),
        );
        const of = (sign: string): string[] =>
          diff.filter((line) => line.startsWith(sign)).map((line) => line.slice(2));
        const without = (from: string[], gone: string[]): string[] => {
          const rest = [...from];
          for (const line of gone) rest.splice(rest.indexOf(line), 1);
          return rest.sort();
        };
        expect(without([...one, ...of('+')], of('-'))).toEqual(other.toSorted());
      }),
    );
  });
});
