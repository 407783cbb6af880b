import { writeFileSync } from 'node:fs';

import { errorMessage, RopewayError } from '../../lib/errors.ts';

/** Writes a page that was asked for with `--report`, and says so. Throws REPORT_UNWRITABLE. */
export function writeReport(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new RopewayError({
      code: 'REPORT_UNWRITABLE',
      message: `The report cannot be written: ${errorMessage(error)}`,
      fix: 'name a file in a folder that exists and may be written',
      cause: error,
    });
  }
  process.stderr.write(`Wrote ${file}.\n`);
}
