import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Length of a unit in ms; months and years by the calendar's mean are left out on purpose. */
const units: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * The value of `{{$name …}}`, of which `text` is all after the `$`; undefined when there is none.
 * Known: guid, uuid, random.uuid, timestamp, isoTimestamp, datetime, randomInt, processEnv, env.NAME, dotenv.
 */
export function dynamicValue(
  text: string,
  scope: { folder: string; env: Record<string, string | undefined> },
): string | undefined {
  const [name = '', ...words] = text.split(/\s+/);
  switch (name) {
    case 'guid':
    case 'uuid':
    case 'random.uuid':
      return randomUUID();
    case 'timestamp':
      return shifted(words, (time) => String(Math.floor(time / 1000)));
    case 'isoTimestamp':
      return shifted(words, (time) => new Date(time).toISOString());
    case 'datetime':
      return dateTime(words);
    case 'randomInt':
      return randomNumber(words);
    case 'processEnv':
      return fromEnvironment(words[0], scope.env);
    case 'dotenv':
      return fromEnvironment(words[0], readDotenv(scope.folder));
    default:
      return name.startsWith('env.') ? scope.env[name.slice('env.'.length)] : undefined;
  }
}

/** `NAME`, or `%NAME`: the value of NAME is the name of the variable. */
function fromEnvironment(name = '', env: Record<string, string | undefined>): string | undefined {
  if (!name.startsWith('%')) return env[name];
  return env[env[name.slice(1)] ?? ''];
}

function readDotenv(folder: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  } catch {
    return {};
  }
}

/** Now, moved by an offset such as `-1 d`. */
function shifted(words: string[], format: (time: number) => string): string | undefined {
  const [amount, unit = ''] = words;
  if (amount === undefined) return format(Date.now());
  const length = units[unit];
  if (length === undefined || !/^[+-]?\d+$/.test(amount)) return undefined;
  return format(Date.now() + Number(amount) * length);
}

function dateTime([format, ...offset]: string[]): string | undefined {
  if (format === 'iso8601') return shifted(offset, (time) => new Date(time).toISOString());
  if (format === 'rfc1123') return shifted(offset, (time) => new Date(time).toUTCString());
  return undefined;
}

/** From the first number up to, but not including, the second; 0 to 1000 when not said. */
function randomNumber([from = '0', to = '1000']: string[]): string | undefined {
  if (!/^-?\d+$/.test(from) || !/^-?\d+$/.test(to) || Number(from) >= Number(to)) return undefined;
  return String(randomInt(Number(from), Number(to)));
}
