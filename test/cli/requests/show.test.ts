import { expect, it } from 'vitest';

import { showAnswer } from '../../../src/cli/requests/show.ts';

const answer = {
  httpVersion: '1.1',
  status: 200,
  reason: 'OK',
  headers: [['content-type', 'text/plain']] as [string, string][],
  body: Buffer.from('{"a":[1,2]}'),
  timeMs: 12.34,
};

it('lays out JSON for a terminal, and nothing else', () => {
  const head = 'HTTP/1.1 200 OK\ncontent-type: text/plain\n\n';
  const foot = '\n\n────────\ntook 12.3 ms\n';
  expect(showAnswer(answer, true)).toBe(`${head}{\n  "a": [\n    1,\n    2\n  ]\n}${foot}`);
  expect(showAnswer({ ...answer, body: Buffer.from('{"a"') }, true)).toBe(`${head}{"a"${foot}`);
  expect(showAnswer(answer, false)).toBe(`${head}{"a":[1,2]}${foot}`);
});

it('lets no answer command the terminal', () => {
  const hostile = {
    ...answer,
    headers: [['x', '\u009b2J']] as [string, string][],
    body: Buffer.from('\u001b[2J'),
  };
  const shown = showAnswer(hostile, true);
  expect(shown).toContain('x: \\x9b2J');
  expect(shown).toContain('(binary, no content type, 4 bytes');
});
