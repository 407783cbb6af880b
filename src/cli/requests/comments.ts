import { columnOf, syntaxError, type Position } from './syntax-error.ts';
import type { Expectation, SavedRequest } from './types.ts';

/** What a comment says to us; comments for people say nothing. */
export interface Directive {
  request?: Partial<Pick<SavedRequest, 'name' | 'noCookieJar'>>;
  expect?: Expectation;
  cookieJar?: true;
}

/** True for `# …` and `// …`. */
export function isComment(line: string): boolean {
  return /^\s*(?:#|\/\/)/.test(line);
}

/**
 * Reads `@name`, `@expect`, `@cookie-jar` and `@no-cookie-jar` in a comment line. Other tools read over
 * those that they do not know.
 * @throws RopewayError `REQUEST_FILE_SYNTAX` for an expectation that cannot be checked
 */
export function parseComment(line: string, at: Position): Directive {
  const found = /^\s*(?:#|\/\/)\s*@([\w-]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(line);
  if (found === null) return {};
  const value = (found[2] ?? '').trim();
  switch (found[1]) {
    case 'name':
      return value === '' ? {} : { request: { name: value } };
    case 'no-cookie-jar':
      return { request: { noCookieJar: true } };
    case 'cookie-jar':
      return { cookieJar: true };
    case 'expect':
      return { expect: parseExpectation(value, line, at) };
    default:
      return {};
  }
}

/** The comment lines that `parseComment` reads back. */
export function expectationLines(expect: Expectation): string[] {
  const lines: string[] = [];
  if (expect.status !== undefined) lines.push(`# @expect status ${expect.status}`);
  if (expect.contentType !== undefined) lines.push(`# @expect content-type ${expect.contentType}`);
  return lines;
}

function parseExpectation(text: string, line: string, at: Position): Expectation {
  const [what = '', ...rest] = text.split(/\s+/);
  const value = rest.join(' ');
  if (what === 'status' && /^[1-9]\d\d$/.test(value)) return { status: Number(value) };
  if (what === 'content-type' && /^[^\s/]+\/\S/.test(value)) return { contentType: value };
  throw syntaxError({ ...at, column: columnOf(line, '@expect') }, 'This expectation cannot be checked', {
    expected: '@expect status 200, or @expect content-type text/html',
    got: `@expect ${text}`,
    fix: 'correct the line, or remove the @ to make it a plain comment',
  });
}
