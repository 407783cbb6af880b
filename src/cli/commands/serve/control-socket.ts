import { rmSync } from 'node:fs';

import { RopewayError } from '../../../lib/errors.ts';
import { accepts } from '../../../lib/ports.ts';

/** Bytes of a path that a Unix socket may have: 104 on macOS, 108 on Linux, the zero at the end included. */
const MOST_PATH = 103;

/**
 * Makes way for the control socket: what a run that was killed has left goes. Throws ALREADY_RUNNING when another run
 * has the state folder, STATE_PATH_LONG.
 */
export async function clearControlSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > MOST_PATH) {
    throw new RopewayError({
      code: 'STATE_PATH_LONG',
      message: 'The path of the state folder is too long for the control socket in it.',
      expected: `at most ${MOST_PATH} bytes`,
      got: `${Buffer.byteLength(path)} bytes: ${path}`,
      fix: 'choose a shorter one: --state /var/lib/ropeway',
    });
  }
  if (await accepts({ path })) {
    throw new RopewayError({
      code: 'ALREADY_RUNNING',
      message: 'Another `ropeway serve` has this state folder.',
      got: path,
      fix: 'stop it first, or give this one a folder of its own: --state <folder>',
    });
  }
  rmSync(path, { force: true });
}
