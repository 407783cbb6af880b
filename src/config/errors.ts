import { RopewayError } from '../lib/errors.ts';

/** A mistake in a configuration file. */
export function invalid(
  message: string,
  more: { expected?: string; got?: string; fix?: string; detail?: string; cause?: unknown } = {},
): RopewayError {
  return new RopewayError({ code: 'CONFIG', message, ...more });
}
