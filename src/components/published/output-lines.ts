import type { Readable } from 'node:stream';

import type { Mask } from './secrets.ts';

/** What has no end of line by now is shown as it is. */
const LONGEST_LINE = 16 * 1024;

/** Reads what a process prints, line by line, secrets hidden. A progress bar's carriage return ends a line too. Resolves at its end. */
export function readOutput(stream: Readable, mask: Mask, onLine: (text: string) => void): Promise<void> {
  const split = splitLines(mask, onLine);
  stream.setEncoding('utf8');
  stream.on('data', split.write);
  return new Promise((resolve) => {
    stream.once('close', () => {
      split.end();
      resolve();
    });
  });
}

/** Text in any pieces to masked lines without their ends; empty lines are dropped. */
export function splitLines(
  mask: Mask,
  onLine: (text: string) => void,
): { write(piece: string): void; end(): void } {
  let rest = '';
  const emit = (line: string): void => {
    if (line.trim() !== '') onLine(mask(line));
  };
  return {
    write(piece) {
      const lines = `${rest}${piece}`.split(/\r\n|\n|\r/);
      rest = lines.pop()!;
      lines.forEach(emit);
      if (rest.length <= LONGEST_LINE + mask.longest) return;
      // Masked before it is cut, or a secret could be cut in two; what may be the beginning of one is held back.
      const masked = mask(rest);
      const end = Math.max(0, masked.length - mask.longest);
      onLine(masked.slice(0, end));
      rest = masked.slice(end);
    },
    end() {
      emit(rest);
      rest = '';
    },
  };
}
