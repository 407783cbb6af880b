import { METHODS } from 'node:http';
import { columnOf, syntaxError, type Position } from './syntax-error.ts';

export interface RequestLine {
  method: string;
  url: string;
  httpVersion?: string;
}

/** A word without blanks, except inside `{{ }}`. */
const word = /^(?:\{\{[^}]*\}\}|\S)+/;
const version = /\s+HTTP\/(\d+(?:\.\d+)?)\s*$/i;
/** What stands at the start of an address, to tell it from a misspelt method. */
const addressStart = /^(?:https?:\/\/|\/|\?|\{\{|\[|localhost\b|[\w-]+(?:\.[\w-]+)+|[\w-]+:\d)/i;

/**
 * Reads `[METHOD] URL [HTTP/1.1]`. Without a method it is GET.
 * @throws RopewayError `REQUEST_FILE_SYNTAX`
 */
export function parseRequestLine(text: string, at: Position): RequestLine {
  const { rest, httpVersion } = splitVersion(text.trim());
  const [first = '', ...words] = splitWords(rest);
  const here = { ...at, column: columnOf(text, first) };
  const method = first.toUpperCase();
  if (
    /^[A-Z-]+$/.test(first) ||
    METHODS.includes(method) ||
    (/^[A-Za-z-]+$/.test(first) && addressStart.test(words[0] ?? ''))
  ) {
    if (!METHODS.includes(method) || method === 'CONNECT') throw unknownMethod(first, here);
    if (words.length === 0) {
      throw syntaxError({ ...at, column: text.trimEnd().length }, `No address after ${first}`, {
        expected: `${method} {{host}}/path`,
        got: text.trim(),
        fix: 'write the address on the same line as the method',
      });
    }
    return { method, url: onlyWord(words, text, at), ...httpVersion };
  }
  if (!addressStart.test(first)) {
    throw syntaxError(here, 'Not a request line', {
      expected: 'METHOD URL, such as GET {{host}}/path',
      got: text.trim(),
      fix: 'start requests with ### on a line of its own, comments with #, and leave a blank line before a body',
    });
  }
  return { method: 'GET', url: onlyWord([first, ...words], text, at), ...httpVersion };
}

/** True for a line that continues the address: `?a=1`, `&b=2`, or an indented `/path`. */
export function continuesUrl(text: string): boolean {
  return /^\s*[?&]/.test(text) || /^\s+\//.test(text);
}

/** Adds a continuing line to the request line. */
export function continueUrl(line: RequestLine, text: string, at: Position): RequestLine {
  const { rest, httpVersion } = splitVersion(text.trim());
  return { ...line, url: line.url + onlyWord(splitWords(rest), text, at), ...httpVersion };
}

function splitVersion(text: string): { rest: string; httpVersion: { httpVersion?: string } } {
  const found = version.exec(text);
  if (found === null) return { rest: text, httpVersion: {} };
  return { rest: text.slice(0, found.index), httpVersion: { httpVersion: found[1] ?? '1.1' } };
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  for (let rest = text.trim(); rest !== '';) {
    const next = word.exec(rest)?.[0] ?? rest;
    words.push(next);
    rest = rest.slice(next.length).trimStart();
  }
  return words;
}

function onlyWord(words: string[], text: string, at: Position): string {
  const [url = '', extra] = words;
  if (extra === undefined) return url;
  const column = text.indexOf(extra, columnOf(text, url) + url.length) - 1;
  throw syntaxError({ ...at, column: Math.max(0, column) }, 'A blank inside the address', {
    got: text.trim(),
    fix: 'write %20 for a blank; the query may go on in following lines that start with ? or &',
  });
}

function unknownMethod(method: string, at: Position): Error {
  return syntaxError(at, `No request can be sent with method ${method}`, {
    expected: 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS or another HTTP method',
    got: method,
    fix: 'correct the method; WebSocket, gRPC and the like are not sent here',
  });
}
