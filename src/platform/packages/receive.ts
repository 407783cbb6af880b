import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import { RopewayError } from '../../lib/errors.ts';
import { MOST_ZIP_BYTES } from './limits.ts';

/** A body that is read as it comes. */
export interface Upload {
  /** Bytes, when they were announced. */
  length: number | undefined;
  /** Nothing of it is read before it is asked for. Breaking off leaves the rest unread. */
  chunks(): AsyncIterable<Buffer>;
}

/**
 * Writes an upload to a file. Rejects with PACKAGE_DIGEST when it is not what its digest says, BODY_TOO_LARGE, and what
 * the disk or the connection say; the file holds a part then.
 */
export async function receive({ chunks, length }: Upload, file: string, digest: string): Promise<void> {
  if (length !== undefined && length > MOST_ZIP_BYTES) throw bodyTooLarge();
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const chunk of chunks()) {
      bytes += chunk.length;
      if (bytes > MOST_ZIP_BYTES) throw bodyTooLarge();
      hash.update(chunk);
      await handle.appendFile(chunk);
    }
  } finally {
    await handle.close();
  }
  const got = hash.digest('hex');
  if (got === digest) return;
  throw new RopewayError({
    code: 'PACKAGE_DIGEST',
    message: 'What arrived is not the package that it was announced to be.',
    expected: digest,
    got,
    fix: 'upload it again under the SHA-256 of the file',
  });
}

function bodyTooLarge(): RopewayError {
  return new RopewayError({
    code: 'BODY_TOO_LARGE',
    message: 'The package is too large.',
    expected: `at most ${MOST_ZIP_BYTES} bytes`,
  });
}
