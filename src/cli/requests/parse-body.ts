import { unclosedScript } from './syntax-error.ts';
import type { BodyPart } from './types.ts';

export interface ParsedBody {
  parts: BodyPart[];
  /** Lines that belong to other tools: response handlers, references to stored answers. */
  kept: string[];
  notes: string[];
}

/** Lines after a body that other tools act on, and what we say of them (nothing: only a reference). */
const foreignLines: [pattern: RegExp, note: string | undefined][] = [
  [/^>\s*\{%/, 'the response handler script is not run'],
  [/^>\s+\S.*\.[cm]?[jt]s\s*$/, 'the response handler script is not run'],
  [/^>>!?\s+\S/, 'the answer is not written to a file'],
  [/^<>\s+\S/, undefined],
  [/^\?\?\s/, 'this assertion is not checked; write # @expect status 200'],
];

/**
 * Reads what follows the headers. Blank lines at both ends do not count.
 * @param at file name, and index of the first of `lines` in it
 */
export function parseBody(lines: string[], at: { fileName: string; line: number }): ParsedBody {
  const own: string[] = [];
  const kept: string[] = [];
  const notes: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const foreign = foreignLines.find(([pattern]) => pattern.test(line));
    if (foreign === undefined) {
      own.push(line);
      continue;
    }
    if (foreign[1] !== undefined) notes.push(`${at.fileName}:${at.line + index + 1}: ${foreign[1]}`);
    const last = /^>\s*\{%/.test(line) ? endOfScript(lines, index, at) : index;
    kept.push(...lines.slice(index, last + 1));
    index = last;
  }
  return { parts: toParts(trimBlank(own)), kept, notes };
}

function toParts(lines: string[]): BodyPart[] {
  const parts: BodyPart[] = [];
  for (const line of lines) {
    const last = parts.at(-1);
    const file = parseFileLine(line);
    if (file !== undefined) parts.push(file);
    else if (last?.kind === 'text') last.text += `\n${line}`;
    else parts.push({ kind: 'text', text: line });
  }
  return parts;
}

function parseFileLine(line: string): BodyPart | undefined {
  const found = /^<(@[\w-]*)?[ \t]+(\S.*?)\s*$/s.exec(line);
  if (found === null) return undefined;
  const [, mark, path = ''] = found;
  const encoding = mark === undefined || mark === '@' ? {} : { encoding: mark.slice(1) };
  return { kind: 'file', path, substitute: mark !== undefined, ...encoding };
}

function endOfScript(lines: string[], from: number, at: { fileName: string; line: number }): number {
  const end = lines.findIndex((line, index) => index >= from && line.includes('%}'));
  if (end !== -1) return end;
  throw unclosedScript({ ...at, line: at.line + from, column: 0 });
}

function trimBlank(lines: string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return [];
  return lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
