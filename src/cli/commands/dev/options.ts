import { RopewayError } from '../../../lib/errors.ts';
import type { AppOptions } from '../../apps/options.ts';
import { isLoopback } from '../../../lib/loopback.ts';

/** The command line of `ropeway dev` as parsed. */
export interface DevOptions extends AppOptions {
  port: number;
  host: string;
  open: boolean;
}

/** Throws what is wrong with the options beyond their syntax. */
export function checkOptions(options: DevOptions): void {
  if (!isLoopback(options.host)) {
    throw new RopewayError({
      code: 'NOT_LOOPBACK',
      message: '`ropeway dev` shows tracebacks to whoever asks, so it listens on this machine only.',
      expected: '127.0.0.1, ::1, localhost',
      got: options.host,
      fix: 'leave --host out; to reach it from elsewhere, forward the port (ssh -L)',
    });
  }
  if (options.stage !== undefined && !/^[\w-]{1,64}$/.test(options.stage)) {
    throw new RopewayError({
      code: 'STAGE_NAME',
      message: 'This is no name of a stage.',
      expected: 'letters, digits, - and _',
      got: options.stage,
    });
  }
}
