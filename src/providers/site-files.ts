import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

import { errorMessage, RopewayError } from '../lib/errors.ts';
import { cacheControl, contentType } from './content-types.ts';

/** A file of a site, as an object store takes it. */
export interface SiteFile {
  /** `assets/app.js` */
  path: string;
  content: Buffer;
  /** Of the content, lower-case hex: what object stores give back as `ETag`. */
  md5: string;
  contentType: string;
  cacheControl: string;
}

/** Files of a site's package one after the other: pages come last, so that what they lead to is there before them. Rejects with BAD_ZIP. */
export async function* siteFiles(zipFile: string): AsyncGenerator<SiteFile> {
  const { openPromise } = await import('yauzl');
  try {
    const zip = await openPromise(zipFile, { autoClose: false });
    try {
      const entries = [];
      for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) entries.push(entry);
      for (const entry of entries.sort((a, b) => isPage(a.fileName) - isPage(b.fileName))) {
        const content = await buffer(await zip.openReadStreamPromise(entry));
        yield {
          path: entry.fileName,
          content,
          md5: createHash('md5').update(content).digest('hex'),
          contentType: contentType(entry.fileName),
          cacheControl: cacheControl(entry.fileName),
        };
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    throw new RopewayError({
      code: 'BAD_ZIP',
      message: `${zipFile} is no zip that can be read.`,
      got: errorMessage(error),
      cause: error,
    });
  }
}

function isPage(path: string): 0 | 1 {
  return /\.html?$/i.test(path) ? 1 : 0;
}
