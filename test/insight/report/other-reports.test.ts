import { expect, test } from 'vitest';

import { adviceReport } from '../../../src/insight/report/advice-report.ts';
import { profileReport } from '../../../src/insight/report/profile-report.ts';
import { report } from '../../../src/insight/report/report.ts';
import { tagsOf } from './markup.ts';
import { articleAdvice, articleBench, articleProfile } from './results.ts';

test('a profile tells where the start goes, package by package, and each route in its instance', () => {
  const text = profileReport(articleProfile());
  const tags = tagsOf(text);
  expect(text).toContain('A fresh instance takes 612\u00a0ms and 141\u00a0MB until it can take a request.');
  expect(text).toMatch(/<code>jieba<\/code> takes most: 368\u00a0ms, 69\.\d\u00a0%/);
  expect(tags.some(({ text }) => text.startsWith('jieba\n368\u00a0ms (69 %), 280\u00a0ms of its own'))).toBe(
    true,
  );
  expect(text).toContain('jieba 702 ms, jieba.finalseg 41 ms');
  expect(text).toContain('status 500: KeyError: &lt;id&gt;');
});

test('advice stands with the gravest first, its evidence, its effect and its YAML', () => {
  const text = adviceReport(articleAdvice());
  expect(text).toContain('2\u00a0findings, 1 to mend before it is carried over.');
  expect(text.indexOf('needs four times')).toBeLessThan(text.indexOf('SQLite file'));
  expect(text).toContain('<code>app.py:12</code> sqlite3.connect(&#39;data.db&#39;)');
  expect(text).toContain('routes: [&#39;/jieba&#39;] }</code></pre>');
  expect(adviceReport({ ...articleAdvice(), findings: [] })).toContain(
    'Nothing was found that stands in the way of functions.',
  );
});

test('one page takes them all: each id once, circumstances and notes once and last, sections of others before them', () => {
  const text = report({
    bench: articleBench(),
    profile: articleProfile(),
    advice: articleAdvice(),
    sections: [{ id: 'cost', title: 'Cost', body: 'per month' }],
  });
  const ids = tagsOf(text).flatMap(({ name, attributes }) => (name === 'section' ? [attributes['id']] : []));
  expect(ids).toEqual([
    'routes',
    'cold',
    'bursts',
    'bare',
    'rates',
    'metering',
    'findings',
    'imports',
    'profile-routes',
    'cost',
    'circumstances',
    'notes',
  ]);
  expect(text.match(/<dt>Machine/g)).toHaveLength(1);
  const later = { ...articleProfile(), circumstances: { ...articleProfile().circumstances, cores: 4 } };
  expect(report({ bench: articleBench(), profile: later }).match(/<dt>Machine/g)).toHaveLength(2);
  for (const id of ids) expect(text).toContain(`<a href="#${id}">`);
});
