import { dirname, resolve } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { createCookieJar, type CookieJar } from './cookies.ts';
import { headerOf, mediaType } from './headers.ts';
import { resolveRequest } from './resolve.ts';
import { send } from './send.ts';
import { splitTrace, traceRequestHeaders } from './trace.ts';
import type { Answer, Expectation, OutgoingRequest, ParsedFile, ParsedRequest } from './types.ts';
import type { Scope } from './variables.ts';

/** How one request of a replay went. */
export interface Result {
  title: string;
  method: string;
  url: string;
  passed: boolean;
  /** What was not as expected, in words; empty when passed. */
  problems: string[];
  /** Absent, like the next three, when no answer came. */
  status?: number;
  contentType?: string;
  timeMs?: number;
  /** `cold` or `warm`, from the local platform. */
  start?: string;
}

export interface ReplayOptions {
  /** Of the .http file. */
  path: string;
  /** Go before the variables of the file. */
  overrides: Record<string, string>;
  timeoutMs: number;
  cold: boolean;
  onResult?: (result: Result) => void;
}

/**
 * Sends the requests of a file one after another and compares the answers with what is expected.
 * All variables and body files are checked before the first is sent.
 * @throws RopewayError what `resolveRequest` throws, and `CONNECTION_REFUSED` or `HOST_NOT_FOUND` when
 * the very first request finds nobody; later failures are results
 */
export async function replay(file: ParsedFile, options: ReplayOptions): Promise<Result[]> {
  const scope: Scope = {
    file,
    folder: dirname(resolve(options.path)),
    overrides: options.overrides,
    env: process.env,
    answers: new Map(),
    mode: 'check',
  };
  for (const request of file.requests) await resolveRequest(request, scope);
  const jar = file.cookieJar ? createCookieJar() : undefined;
  const results: Result[] = [];
  for (const request of file.requests) {
    const result = await replayOne(
      request,
      { ...scope, mode: 'send' },
      { ...options, jar, first: results.length === 0 },
    );
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

/** What an answer lacks of what is expected. Without expectation only answers of 500 and above fail. */
export function compare(expect: Expectation, answer: Pick<Answer, 'status' | 'headers'>): string[] {
  const problems: string[] = [];
  if (expect.status !== undefined && answer.status !== expect.status) {
    problems.push(`expected status ${expect.status}, got ${answer.status}`);
  }
  if (expect.contentType !== undefined && !sameType(expect.contentType, answer)) {
    problems.push(
      `expected ${expect.contentType}, got ${headerOf(answer.headers, 'content-type') ?? 'no content type'}`,
    );
  }
  if (expect.status === undefined && answer.status >= 500) problems.push(`status ${answer.status}`);
  return problems;
}

async function replayOne(
  request: ParsedRequest,
  scope: Scope,
  options: ReplayOptions & { jar: CookieJar | undefined; first: boolean },
): Promise<Result> {
  const jar = request.noCookieJar ? undefined : options.jar;
  const label = { title: request.title || request.name || '', method: request.method, url: request.url };
  try {
    const outgoing = await resolveRequest(request, scope);
    const answer = await sendWithTrace(outgoing, options, jar);
    jar?.keep(answer.headers, outgoing.url);
    if (request.name !== undefined) scope.answers.set(request.name, answer);
    return { ...label, url: outgoing.url, ...describe(request.expect, answer) };
  } catch (error) {
    if (!(error instanceof RopewayError) || (options.first && isNobodyThere(error))) throw error;
    return { ...label, passed: false, problems: [error.message] };
  }
}

function sendWithTrace(
  outgoing: OutgoingRequest,
  options: ReplayOptions,
  jar: CookieJar | undefined,
): Promise<Answer> {
  const headers = jar?.addTo(outgoing.headers, outgoing.url) ?? outgoing.headers;
  const traced = { ...outgoing, headers: [...headers, ...traceRequestHeaders(options.cold)] };
  return send(traced, { timeoutMs: options.timeoutMs });
}

function describe(expect: Expectation, answer: Answer): Omit<Result, 'title' | 'method' | 'url'> {
  const problems = compare(expect, answer);
  const contentType = mediaType(answer.headers);
  const { start } = splitTrace(answer.headers).trace;
  return {
    passed: problems.length === 0,
    problems,
    status: answer.status,
    ...(contentType === undefined ? {} : { contentType }),
    timeMs: Math.round(answer.timeMs * 10) / 10,
    ...(start === undefined ? {} : { start }),
  };
}

/** Without parameters in the expectation, the answer's do not count. */
function sameType(expected: string, answer: Pick<Answer, 'headers'>): boolean {
  const plain = (type: string | undefined): string | undefined => type?.toLowerCase().replaceAll(/\s/g, '');
  if (!expected.includes(';')) return plain(mediaType(answer.headers)) === plain(expected);
  return plain(headerOf(answer.headers, 'content-type')) === plain(expected);
}

function isNobodyThere({ code }: RopewayError): boolean {
  return code === 'CONNECTION_REFUSED' || code === 'HOST_NOT_FOUND';
}
