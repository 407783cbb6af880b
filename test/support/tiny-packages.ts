import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { ZipFile } from 'yazl';

import type { PackageFile } from '../../src/providers/types.ts';

/** Makes packages of a few files in a folder of its own. */
export interface TinyPackages {
  /** The same bytes for the same files. */
  make(files: Record<string, string>): Promise<PackageFile>;
  remove(): void;
}

export function tinyPackages(): TinyPackages {
  const dir = mkdtempSync(join(tmpdir(), 'tiny-packages-'));
  return {
    make: async (files) => {
      const zip = new ZipFile();
      for (const [path, text] of Object.entries(files))
        zip.addBuffer(Buffer.from(text), path, {
          mtime: new Date(0),
          // What a cloud starts has to be allowed to run.
          mode: path.endsWith('bootstrap') ? 0o100755 : 0o100644,
          compress: false,
        });
      zip.end();
      const bytes = await buffer(zip.outputStream);
      const digest = createHash('sha256').update(bytes).digest('hex');
      const file = join(dir, `${digest}.zip`);
      writeFileSync(file, bytes);
      return { file, digest };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Source of a Node function, `ropeway_handler.handler`, that answers with a text; told to `print` or `fail` it does that. */
export function handlerSource(answer: string, broken?: string): string {
  return `
${broken === undefined ? '' : `throw new Error(${JSON.stringify(broken)});`}
exports.handler = async (event) => {
  if (event.print) console.log(event.print);
  if (event.fail) throw new Error(event.fail);
  return { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: ${JSON.stringify(answer)} };
};
`;
}
