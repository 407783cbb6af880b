import { isComment, parseComment, type Directive } from './comments.ts';
import { parseBody } from './parse-body.ts';
import { continuesUrl, continueUrl, parseRequestLine, type RequestLine } from './request-line.ts';
import { columnOf, syntaxError, unclosedScript, type Position } from './syntax-error.ts';
import type { HeaderList, ParsedRequest, RequestFile } from './types.ts';

/** The lines from one `###` to the next. */
export interface Block {
  /** Index of the first line in the file. */
  start: number;
  title: string;
  lines: string[];
}

export interface BlockResult {
  variables: RequestFile['variables'];
  cookieJar: boolean;
  /** Absent where a block holds only variables and comments. */
  request: ParsedRequest | undefined;
  notes: string[];
}

/** What reading a block has found so far. */
interface Reading {
  block: Block;
  fileName: string;
  /** Index within the block of the next line. */
  next: number;
  variables: RequestFile['variables'];
  directives: Directive[];
  kept: string[];
  notes: string[];
}

/** Reads one block: comments and variables, request line, headers, body. */
export function parseBlock(block: Block, fileName: string): BlockResult {
  const reading: Reading = { block, fileName, next: 0, variables: [], directives: [], kept: [], notes: [] };
  readPrelude(reading);
  const request = reading.next < block.lines.length ? readRequest(reading) : undefined;
  const cookieJar = reading.directives.some((directive) => directive.cookieJar === true);
  return { variables: reading.variables, cookieJar, request, notes: reading.notes };
}

/** Everything up to the request line. */
function readPrelude(reading: Reading): void {
  const { lines } = reading.block;
  for (; reading.next < lines.length; reading.next += 1) {
    const line = lines[reading.next] ?? '';
    if (/^#{3,}/.test(line) || line.trim() === '') reading.kept.push(line);
    else if (isComment(line)) readComment(reading, line);
    else if (/^\s*<\s*\{%/.test(line)) skipScript(reading);
    else if (/^\s*@/.test(line)) readVariable(reading, line);
    else return;
  }
}

function readRequest(reading: Reading): ParsedRequest {
  const { block, fileName } = reading;
  const requestIndex = reading.next;
  const line = readUrl(reading);
  const headers = readHeaders(reading);
  const body = parseBody(block.lines.slice(reading.next), { fileName, line: block.start + reading.next });
  reading.notes.push(...body.notes);
  const lastLine = block.lines.findLastIndex((text) => text.trim() !== '');
  return {
    title: block.title,
    noCookieJar: false,
    ...Object.assign({}, ...reading.directives.map((directive) => directive.request)),
    ...line,
    headers,
    body: body.parts,
    expect: Object.assign({}, ...reading.directives.map((directive) => directive.expect)),
    source: {
      start: block.start,
      requestLine: block.start + requestIndex,
      end: block.start + lastLine + 1,
      keptBefore: reading.kept,
      keptAfter: body.kept,
    },
  };
}

/** The request line, with the lines that continue its query. */
function readUrl(reading: Reading): RequestLine {
  const { lines } = reading.block;
  let line = parseRequestLine(lines[reading.next] ?? '', position(reading));
  for (reading.next += 1; reading.next < lines.length; reading.next += 1) {
    const text = lines[reading.next] ?? '';
    if (isComment(text)) readComment(reading, text);
    else if (continuesUrl(text)) line = continueUrl(line, text, position(reading));
    else break;
  }
  return line;
}

/** Header lines; stops at the blank line, or at a response handler that follows without one. */
function readHeaders(reading: Reading): HeaderList {
  const { lines } = reading.block;
  const headers: HeaderList = [];
  for (; reading.next < lines.length; reading.next += 1) {
    const line = lines[reading.next] ?? '';
    if (line.trim() === '' || /^(?:>|<>|\?\?)/.test(line)) break;
    if (isComment(line)) readComment(reading, line);
    else headers.push(parseHeader(line, position(reading)));
  }
  return headers;
}

function parseHeader(line: string, at: Position): [string, string] {
  const found = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:(.*)$/s.exec(line);
  if (found !== null) return [found[1] ?? '', (found[2] ?? '').trim()];
  throw syntaxError({ ...at, column: columnOf(line, line.trim()) }, 'Not a header', {
    expected: 'Name: value',
    got: line.trim(),
    fix: 'leave a blank line between the headers and the body',
  });
}

function readComment(reading: Reading, line: string): void {
  const directive = parseComment(line, position(reading));
  reading.directives.push(directive);
  if (directive.expect === undefined) reading.kept.push(line);
}

function readVariable(reading: Reading, line: string): void {
  const found = /^\s*@([^\s=]+)\s*=(.*)$/s.exec(line);
  if (found === null) {
    throw syntaxError({ ...position(reading), column: columnOf(line, '@') }, 'Not a variable', {
      expected: '@name = value',
      got: line.trim(),
      fix: 'write an = between the name and the value',
    });
  }
  reading.variables.push([found[1] ?? '', (found[2] ?? '').trim()]);
  reading.kept.push(line);
}

/** A pre-request script `< {% … %}`. */
function skipScript(reading: Reading): void {
  const { lines } = reading.block;
  const at = position(reading);
  reading.notes.push(`${reading.fileName}:${at.line + 1}: the pre-request script is not run`);
  for (; reading.next < lines.length; reading.next += 1) {
    const line = lines[reading.next] ?? '';
    reading.kept.push(line);
    if (line.includes('%}')) return;
  }
  throw unclosedScript(at);
}

function position(reading: Reading): Position {
  return { fileName: reading.fileName, line: reading.block.start + reading.next, column: 0 };
}
