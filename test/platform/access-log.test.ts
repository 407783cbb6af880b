import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { accessLine, openAccessLog } from '../../src/platform/access-log.ts';
import type { InvocationRecord } from '../../src/platform/types.ts';

const record = (more: Partial<InvocationRecord> = {}): InvocationRecord =>
  ({
    time: '2026-11-03T08:05:09.120Z',
    method: 'GET',
    path: '/a?b=1',
    status: 200,
    responseBytes: 12,
    ...more,
  }) as InvocationRecord;
const incoming = (headers: Record<string, string> = {}): IncomingMessage =>
  ({
    headers,
    httpVersion: '1.1',
    socket: { remoteAddress: '::ffff:10.0.0.1' },
  }) as unknown as IncomingMessage;

it('is a line that the tools of Apache and nginx read', () => {
  expect(accessLine(record(), incoming({ 'user-agent': 'curl/8.0', referer: 'http://x/' }))).toBe(
    '10.0.0.1 - - [03/Nov/2026:08:05:09 +0000] "GET /a?b=1 HTTP/1.1" 200 12 "http://x/" "curl/8.0"\n',
  );
  expect(accessLine(record({ responseBytes: 0, status: 304 }), incoming())).toContain('" 304 - "-" "-"\n');
});

it('stays one line of nine fields, whatever a client says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (path, agent) => {
      const line = accessLine(record({ path }), incoming({ 'user-agent': agent }));
      expect(line).toMatch(/^\S+ - - \[[^\]]+\] "[^"\n]*" \d+ \S+ "[^"\n]*" "[^"\n]*"\n$/);
      expect(line).toMatch(/^[\x20-\x7e]*\n$/);
    }),
  );
});

it('is appended to, and a file that cannot be opened is told of once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-access-'));
  const errors: Error[] = [];
  const note = (error: Error): void => void errors.push(error);
  for (let run = 0; run < 2; run++) {
    const log = openAccessLog(join(folder, 'access.log'), note);
    log.write(record(), incoming());
    await log.close();
  }
  expect(readFileSync(join(folder, 'access.log'), 'utf8').split('\n')).toHaveLength(3);
  const broken = openAccessLog(join(folder, 'none', 'access.log'), note);
  broken.write(record(), incoming());
  await broken.close();
  broken.write(record(), incoming());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(errors).toHaveLength(1);
  rmSync(folder, { recursive: true });
});
