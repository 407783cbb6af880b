import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';

import { clockTime } from '../events/aws-context.ts';
import type { InvocationRecord } from './types.ts';

export interface AccessLog {
  write(record: InvocationRecord, incoming: IncomingMessage): void;
  close(): Promise<void>;
}

/**
 * A line per request in the combined format of Apache and nginx, appended to a file, `-` for standard output; copied and
 * truncated by whoever rotates it. A file that cannot be written is told of once; serving goes on.
 */
export function openAccessLog(path: string, onError: (error: Error) => void): AccessLog {
  if (path === '-') {
    return {
      write: (record, incoming) => void process.stdout.write(accessLine(record, incoming)),
      close: () => Promise.resolve(),
    };
  }
  const stream = createWriteStream(path, { flags: 'a', mode: 0o640 });
  stream.once('error', onError);
  // After the first failure further writes are dropped.
  stream.on('error', () => undefined);
  return {
    write: (record, incoming) => {
      if (!stream.destroyed) stream.write(accessLine(record, incoming));
    },
    close: () =>
      new Promise((resolve) => {
        if (stream.destroyed) resolve();
        else stream.end(resolve);
      }),
  };
}

/** `127.0.0.1 - - [23/Nov/2026:18:05:14 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl/8.0"` */
export function accessLine(record: InvocationRecord, incoming: IncomingMessage): string {
  const { headers, httpVersion, socket } = incoming;
  const address = (socket.remoteAddress ?? '-').replace(/^::ffff:/, '');
  const request = `${record.method} ${record.path} HTTP/${httpVersion}`;
  const bytes = record.responseBytes === 0 ? '-' : String(record.responseBytes);
  const quoted = [request, headers.referer, headers['user-agent']].map((text) => `"${escaped(text ?? '-')}"`);
  const [first, ...rest] = quoted;
  return `${address} - - [${clockTime(Date.parse(record.time))}] ${first} ${record.status} ${bytes} ${rest.join(' ')}\n`;
}

/** A client cannot begin a line or end a quotation: the escapes of nginx. */
function escaped(text: string): string {
  return text.replace(/["\\\x00-\x1f\x7f-\u{10ffff}]/gu, (char) =>
    [...Buffer.from(char, 'latin1')]
      .map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
