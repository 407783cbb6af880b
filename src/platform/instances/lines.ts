import type { Readable } from 'node:stream';

/** Gets what a process prints, line by line, without the line ends. */
export type LineListener = (stream: 'stdout' | 'stderr', line: string) => void;

/** Keeps lines until someone listens, then passes them on; a later listener replaces an earlier one. */
export function lineSink(): { push: LineListener; listen(listener: LineListener): void } {
  const early: Parameters<LineListener>[] = [];
  let listener: LineListener | undefined;
  return {
    push: (stream, line) =>
      listener === undefined ? void early.push([stream, line]) : listener(stream, line),
    listen: (added) => {
      listener = added;
      for (const args of early.splice(0)) added(...args);
    },
  };
}

/** A line that never ends is cut at this length, so that it cannot fill our memory. */
const MAX_LINE = 64 * 1024;

/** Calls `onLine` for each line of a stream of UTF-8 text, also for a last one without a line end. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const line of parts) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (rest.length > MAX_LINE) {
      onLine(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
  stream.on('error', () => undefined);
}
