import { RopewayError } from '../../lib/errors.ts';

export interface Position {
  fileName: string;
  /** 0-based. */
  line: number;
  /** 0-based. */
  column: number;
}

/** `REQUEST_FILE_SYNTAX`, with `file:line:column` (counted from 1) in front. */
export function syntaxError(
  at: Position,
  message: string,
  details: { expected?: string; got?: string; fix: string },
): RopewayError {
  return new RopewayError({ code: 'REQUEST_FILE_SYNTAX', message: `${place(at)}: ${message}`, ...details });
}

/** `requests.http:3:7`, counted from 1 as editors do. */
export function place(at: Position): string {
  return `${at.fileName}:${at.line + 1}:${at.column + 1}`;
}

/** Where `text` stands in a line, for a position; 0 when it does not. */
export function columnOf(line: string, text: string): number {
  return Math.max(0, line.indexOf(text));
}

/** For `{%` without `%}`. */
export function unclosedScript(at: Position): RopewayError {
  return syntaxError(at, 'This script has no end', {
    expected: '%}',
    got: 'the end of the request',
    fix: 'close the script with %}',
  });
}
