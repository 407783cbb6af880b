import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseRequestFile } from '../../../src/cli/requests/parse.ts';
import { serializeRequestFile } from '../../../src/cli/requests/serialize.ts';
import type { BodyPart, ParsedRequest, RequestFile, SavedRequest } from '../../../src/cli/requests/types.ts';

const word = fc.stringMatching(/^[A-Za-z][\w-]{0,10}$/);
const plain = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => text.replaceAll(/[\r\n]/g, '').trim());
const bodyLine = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
  fc.constantFrom(
    '',
    '  ',
    '# not a comment here',
    '@x = 1',
    '{"a": [1, 2]}',
    '< ',
    '<p>',
    '## two',
    'GET /',
    '> quoted',
    'A: b',
  ),
);
const textPart = fc
  .array(bodyLine, { minLength: 1, maxLength: 6 })
  .map((lines): BodyPart => ({ kind: 'text', text: lines.join('\n') }))
  .filter((part) => part.kind === 'text' && part.text.split('\n').every(isOwnLine));
const filePart = fc
  .record({
    kind: fc.constant('file' as const),
    path: fc.stringMatching(/^\.\/[\w .-]{0,12}\w$/),
    substitute: fc.boolean(),
    encoding: fc.option(fc.constantFrom('utf8', 'latin1'), { nil: undefined }),
  })
  .map(({ encoding, ...part }): BodyPart => ({
    ...part,
    ...(part.substitute && encoding !== undefined ? { encoding } : {}),
  }));
const body = fc.array(fc.oneof(textPart, filePart), { maxLength: 4 }).filter(isCanonical);
const request: fc.Arbitrary<SavedRequest> = fc
  .record({
    title: plain.filter((text) => !text.startsWith('#')),
    name: fc.option(word, { nil: undefined }),
    noCookieJar: fc.boolean(),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND'),
    url: fc
      .tuple(
        fc.constantFrom('{{host}}', '{{ host }}', 'http://127.0.0.1:3000', 'localhost:8000', 'https://[::1]'),
        fc.webPath(),
        fc.webQueryParameters(),
      )
      .map(([host, path, query]) => `${host}${path === '' ? '/' : path}${query === '' ? '' : `?${query}`}`),
    httpVersion: fc.option(fc.constantFrom('1.1', '2', '1.0'), { nil: undefined }),
    headers: fc.array(fc.tuple(word, plain), { maxLength: 4 }),
    body,
    expect: fc.record(
      {
        status: fc.integer({ min: 100, max: 599 }),
        contentType: fc.constantFrom('text/html', 'text/html; charset=utf-8'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ name, httpVersion, ...rest }) => ({
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(httpVersion === undefined ? {} : { httpVersion }),
  }));
const file: fc.Arbitrary<RequestFile> = fc.record({
  variables: fc.array(fc.tuple(word, plain), { maxLength: 4 }),
  cookieJar: fc.boolean(),
  requests: fc.array(request, { maxLength: 4 }),
});

describe('a .http file', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(file, (written) => {
        expect(readBack(serializeRequestFile(written))).toEqual(written);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads the same with the line ends of Windows', () => {
    fc.assert(
      fc.property(file, (written) => {
        expect(readBack(serializeRequestFile(written).replaceAll('\n', '\r\n'))).toEqual(written);
      }),
    );
  });

  it('never fails with anything but a syntax error that names a place', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('###', '', '< {%', '%}', '> {%', 'GET /a', 'A: b', '@a', '# @expect x', '< f'),
    );
    fc.assert(
      fc.property(
        fc.array(line).map((lines) => lines.join('\n')),
        (text) => {
          try {
            parseRequestFile(text, 'x.http');
          } catch (error) {
            expect(error).toMatchObject({
              code: 'REQUEST_FILE_SYNTAX',
              message: expect.stringMatching(/^x\.http:\d+:\d+: /),
            });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function readBack(text: string): RequestFile {
  const { variables, cookieJar, requests } = parseRequestFile(text);
  return { variables, cookieJar, requests: requests.map(withoutSource) };
}

function withoutSource(request: ParsedRequest): SavedRequest {
  const copy: Partial<ParsedRequest> & SavedRequest = { ...request };
  delete copy.source;
  return copy;
}

/** Lines that mean something else in a body have no place in a text part: such bodies are kept in files. */
function isOwnLine(line: string): boolean {
  return !/^(?:#{3}|<@?[\w-]*[ \t]+\S|<>\s|>>|>\s*\{%|>\s+\S.*\.[cm]?[jt]s\s*$|\?\?\s)/.test(line);
}

function isCanonical(parts: BodyPart[]): boolean {
  const [first, last] = [parts[0], parts.at(-1)];
  const blank = (text: string | undefined): boolean => text !== undefined && text.trim() === '';
  if (first?.kind === 'text' && blank(first.text.split('\n')[0])) return false;
  if (last?.kind === 'text' && blank(last.text.split('\n').at(-1))) return false;
  return parts.every((part, index) => part.kind === 'file' || parts[index + 1]?.kind !== 'text');
}
