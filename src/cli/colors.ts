import picocolors from 'picocolors';

/**
 * Colours of what goes to stdout, and of what goes to stderr. A pipe or a file gets plain text, also in CI, where
 * picocolors alone would colour it. `NO_COLOR` (https://no-color.org) and `FORCE_COLOR` decide otherwise.
 */
export const colors = picocolors.createColors(wantsColors(process.stdout.isTTY));
export const errorColors = picocolors.createColors(wantsColors(process.stderr.isTTY));

/** Whether a stream that is a terminal or not gets colours under this environment. */
export function wantsColors(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return isTerminal && environment['TERM'] !== 'dumb';
}
