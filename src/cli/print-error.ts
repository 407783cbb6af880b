import { describeError, type RopewayError } from '../lib/errors.ts';
import { errorColors } from './colors.ts';

/** An error for people on stderr, or as one JSON line on stdout. */
export function printError(error: RopewayError, json: boolean): void {
  if (json) {
    const { code, message, fault, expected, got, fix, detail } = error;
    process.stdout.write(
      `${JSON.stringify({ type: 'error', code, message, fault, expected, got, fix, detail })}\n`,
    );
    return;
  }
  const [first, ...rest] = describeError(error).split('\n');
  process.stderr.write(`${[errorColors.red(`✗ ${first}`), ...rest].join('\n')}\n`);
}
