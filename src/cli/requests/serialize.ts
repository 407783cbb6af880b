import { expectationLines } from './comments.ts';
import type { BodyPart, RequestFile, SavedRequest } from './types.ts';

/** The file's text, `\n` line ends; `parseRequestFile` reads the same back. */
export function serializeRequestFile(file: RequestFile): string {
  const head = [
    ...(file.cookieJar ? ['# @cookie-jar'] : []),
    ...file.variables.map(([name, value]) => `@${name} = ${value}`.trimEnd()),
  ];
  const blocks = [head, ...file.requests.map(serializeRequest)].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** The lines of one request, from its `###` on. */
export function serializeRequest(request: SavedRequest): string[] {
  return [
    `### ${request.title}`.trimEnd(),
    ...(request.name === undefined ? [] : [`# @name ${request.name}`]),
    ...(request.noCookieJar ? ['# @no-cookie-jar'] : []),
    ...coreLines(request),
  ];
}

/** Expectation, request line, headers and body: what a saved request replaces in an existing block. */
export function coreLines(request: SavedRequest): string[] {
  const version = request.httpVersion === undefined ? '' : ` HTTP/${request.httpVersion}`;
  return [
    ...expectationLines(request.expect),
    `${request.method} ${request.url}${version}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`.trimEnd()),
    ...(request.body.length === 0 ? [] : ['', ...request.body.flatMap(partLines)]),
  ];
}

function partLines(part: BodyPart): string[] {
  if (part.kind === 'text') return part.text.split('\n');
  return [`<${part.substitute ? `@${part.encoding ?? ''}` : ''} ${part.path}`];
}
