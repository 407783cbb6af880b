import fc from 'fast-check';
import { expect, it } from 'vitest';

import { prettyJson } from '../../../src/cli/requests/pretty-json.ts';

it('lays out JSON as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

it('changes no value', () => {
  expect(prettyJson('{"n":12345678901234567890,"n":1.0,"e":"\\u00e9","o":{ },"l":[]}')).toBe(
    '{\n  "n": 12345678901234567890,\n  "n": 1.0,\n  "e": "\\u00e9",\n  "o": {},\n  "l": []\n}',
  );
});

it('leaves other text alone', () => {
  expect(prettyJson('hello {')).toBeUndefined();
});
