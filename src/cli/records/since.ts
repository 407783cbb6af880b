import { InvalidArgumentError } from 'commander';

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `--since`: an age (`90s`, `10m`, `2h`, `1d`) or an ISO time, which is UTC unless it names a zone, as the times
 * that are printed. Milliseconds since 1970.
 */
export function parseSince(text: string): number {
  const age = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (age !== null) return Date.now() - Number(age[1]) * UNIT_MS[age[2]!]!;
  const moment = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  const time = moment === null ? NaN : Date.parse(`${moment[1]}T${moment[2] ?? '00:00'}${moment[3] ?? 'Z'}`);
  if (Number.isNaN(time))
    throw new InvalidArgumentError(
      'Expected an age like 90s, 10m, 2h or 1d, or a time like 2026-11-23T10:00.',
    );
  return time;
}
