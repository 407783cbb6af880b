import fc from 'fast-check';
import { expect, test } from 'vitest';

import { escape, html, joined, raw } from '../../../src/insight/report/html.ts';
import { page } from '../../../src/insight/report/page.ts';
import { table } from '../../../src/insight/report/table.ts';
import { tagsOf } from './markup.ts';

test('text is escaped, HTML is not, lists are joined, what is absent is left out', () => {
  expect(
    html`<p title="${'"a"'}">${'<b>'}${html`<i>${1}</i>`}${['&', raw('<br>')]}${undefined}${false}</p>`.toString(),
  ).toBe('<p title="&quot;a&quot;">&lt;b&gt;<i>1</i>&amp;<br></p>');
  expect(joined(['a<', html`<b>c</b>`], ', ').toString()).toBe('a&lt;, <b>c</b>');
});

test('numbers that are none are a dash', () => {
  expect(html`${Number.NaN} ${Infinity} ${0.5}`.toString()).toBe('– – 0.5');
});

test('what only looks like HTML is not taken for it', () => {
  const forged = { toString: () => '<script>', text: '<script>' } as unknown as string;
  expect(() => html`${forged}`).toThrow();
});

test('characters that HTML forbids are replaced', () => {
  expect(escape('a\0b\u001bc\ud800d\te\nf😀')).toBe('a\ufffdb\ufffdc\ufffdd\te\nf😀');
});

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '`',
        '&',
        '&lt',
        '</title>',
        '</style>',
        '<script>',
        '-->',
        ']]>',
        '\\',
        '\0',
        'x',
        ' ',
        'onload=',
      ),
    )
    .map((parts) => parts.join('')),
);

test('no value breaks out of its place: an element and an attribute hold the text, whatever it is', () => {
  fc.assert(
    fc.property(HOSTILE, (value) => {
      const tags = tagsOf(html`<p class="a" title="${value}">${value}</p>`.toString());
      expect(tags).toHaveLength(1);
      expect(Object.keys(tags[0]?.attributes ?? {})).toEqual(['class', 'title']);
      const back = value.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
      expect(tags[0]?.text).toBe(back);
      expect(tags[0]?.attributes['title']).toBe(back);
    }),
  );
});

test('no value breaks out of a page or of its tables', () => {
  const shape = (value: string) =>
    tagsOf(
      page({
        title: value,
        subtitle: value,
        summary: value,
        sections: [
          {
            id: 'one',
            title: value,
            lead: value,
            body: table({
              caption: value,
              columns: [{ title: value, unit: value, kind: 'text' }],
              rows: [[value]],
            }),
          },
        ],
        footer: value,
      }),
    ).map(({ name, attributes }) => [name, ...Object.keys(attributes)].join(' '));
  const expected = shape('x');
  fc.assert(
    fc.property(HOSTILE, (value) => {
      expect(shape(value)).toEqual(expected);
    }),
  );
});

test('a page is one file: no script, and its policy forbids to fetch anything', () => {
  const text = page({ title: 'A', sections: [{ id: 'a', title: 'A', body: 'b' }] });
  expect(text).toMatch(/^<!doctype html>\n/);
  expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  expect(text).not.toMatch(/<script|https?:|url\(|@import/);
});
