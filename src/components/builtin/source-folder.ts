import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { Component } from '../component.ts';

/** The absolute folder that an input names. `what`: what it should be. Throws NO_FOLDER. */
export function sourceFolder({ id, context }: Component, src: string, what: string): string {
  const dir = resolve(context.root, src);
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return dir;
  throw new RopewayError({
    code: 'NO_FOLDER',
    message: `The folder of \`${id}\` is not there.`,
    expected: `${what}, meant from the folder of the file`,
    got: src,
  });
}
