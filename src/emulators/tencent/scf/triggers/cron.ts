import { invalid } from '../errors.ts';

/**
 * A cron expression of the cloud: seconds, minutes, hours, day, month, day of the week, year, with `,` `-` `*` `/`, and in the days `?` `L`
 * `W` `#` (https://cloud.tencent.com/document/product/583/9708). Times are those of Beijing.
 */
export interface Cron {
  /** The first time after this one, in milliseconds since 1970; undefined: never again. */
  next(after: number): number | undefined;
}

const BEIJING_MS = 8 * 3600_000;
const DAY_MS = 24 * 3600_000;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const LAST_YEAR = 2099;

/** With all seven fields: of five (what cron knows) and six the cloud adds seconds and year. */
export function sevenFields(text: string): string {
  const fields = text.trim().split(/\s+/);
  if (fields.length === 5) return `0 ${fields.join(' ')} *`;
  return fields.length === 6 ? `${fields.join(' ')} *` : fields.join(' ');
}

/** Throws InvalidParameterValue.TriggerDesc. */
export function parseCron(text: string): Cron {
  const fields = sevenFields(text).split(' ');
  if (fields.length !== 7) throw wrong(text);
  const [second, minute, hour, day, month, weekday, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const seconds = valuesOf(second, { least: 0, most: 59, text });
  const minutes = valuesOf(minute, { least: 0, most: 59, text });
  const hours = valuesOf(hour, { least: 0, most: 23, text });
  const months = new Set(valuesOf(month, { least: 1, most: 12, names: MONTHS, text }));
  const years = new Set(valuesOf(year, { least: 1970, most: LAST_YEAR, text }));
  const isDay = dayTest(day, weekday, text);
  const inDay = (from: number): number | undefined => {
    for (const one of hours)
      for (const two of minutes)
        for (const three of seconds) {
          const time = (one * 3600 + two * 60 + three) * 1000;
          if (time > from) return time;
        }
    return undefined;
  };
  return {
    next: (after) => {
      const there = after + BEIJING_MS;
      let midnight = there - (there % DAY_MS);
      let from = there - midnight;
      for (;;) {
        const date = new Date(midnight);
        if (date.getUTCFullYear() > LAST_YEAR) return undefined;
        const fits = years.has(date.getUTCFullYear()) && months.has(date.getUTCMonth() + 1) && isDay(date);
        const time = fits ? inDay(from) : undefined;
        if (time !== undefined) return midnight + time - BEIJING_MS;
        midnight += DAY_MS;
        from = -1;
      }
    },
  };
}

interface Range {
  least: number;
  most: number;
  /** Names of the values, from `least` on. */
  names?: string[];
  /** The whole expression, for errors. */
  text: string;
}

/** In order. */
function valuesOf(field: string, range: Range): number[] {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [span = '', step, ...more] = part.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) throw wrong(range.text);
    const [from, to] = spanOf(span, range);
    // `5/10`: from five on.
    const end = step !== undefined && to === undefined ? range.most : (to ?? from);
    if (end < from) throw wrong(range.text);
    for (let value = from; value <= end; value += Number(step ?? 1)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function spanOf(span: string, range: Range): [from: number, to?: number] {
  if (span === '*') return [range.least, range.most];
  const ends = span.split('-').map((end) => valueOf(end, range));
  if (ends.length > 2) throw wrong(range.text);
  return ends as [number, number?];
}

function valueOf(word: string, { least, most, names = [], text }: Range): number {
  const named = names.indexOf(word.toUpperCase());
  const value = named === -1 ? Number(word) : named + least;
  if ((named === -1 && !/^\d+$/.test(word)) || value < least || value > most) throw wrong(text);
  return value;
}

type DayTest = (date: Date) => boolean;

/** When both a day and a day of the week are said, either will do. */
function dayTest(day: string, weekday: string, text: string): DayTest {
  const isAny = (field: string): boolean => field === '*' || field === '?';
  const ofMonth = isAny(day) ? undefined : day.split(',').map((part) => monthDayTest(part, text));
  const ofWeek = isAny(weekday) ? undefined : weekday.split(',').map((part) => weekdayTest(part, text));
  const tests = [...(ofMonth ?? []), ...(ofWeek ?? [])];
  return (date) => tests.length === 0 || tests.some((test) => test(date));
}

function monthDayTest(part: string, text: string): DayTest {
  if (part === 'L') return (date) => date.getUTCDate() === daysOf(date);
  if (part === 'LW') return (date) => date.getUTCDate() === workdayNear(date, daysOf(date));
  const near = /^(\d{1,2})W$/.exec(part)?.[1];
  if (near !== undefined) {
    const wanted = valueOf(near, { least: 1, most: 31, text });
    return (date) => wanted <= daysOf(date) && date.getUTCDate() === workdayNear(date, wanted);
  }
  const days = new Set(valuesOf(part, { least: 1, most: 31, text }));
  return (date) => days.has(date.getUTCDate());
}

function weekdayTest(part: string, text: string): DayTest {
  const range = { least: 0, most: 6, names: WEEKDAYS, text };
  if (part === 'L') return (date) => date.getUTCDay() === 6;
  const last = /^(\w+)L$/.exec(part)?.[1];
  if (last !== undefined) {
    const wanted = valueOf(last, range);
    return (date) => date.getUTCDay() === wanted && date.getUTCDate() + 7 > daysOf(date);
  }
  const [, name, week] = /^(\w+)#([1-5])$/.exec(part) ?? [];
  if (name !== undefined) {
    const wanted = valueOf(name, range);
    return (date) => date.getUTCDay() === wanted && Math.ceil(date.getUTCDate() / 7) === Number(week);
  }
  const days = new Set(valuesOf(part, range));
  return (date) => days.has(date.getUTCDay());
}

/** Days of the month that a date is in. */
function daysOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The day from Monday to Friday that is nearest, in the same month. */
function workdayNear(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === daysOf(date) ? day - 2 : day + 1;
  return day;
}

function wrong(text: string): Error {
  return invalid(
    'TriggerDesc',
    `The cron expression [${text}] is not valid: seven fields (second minute hour day month week year), such as 0 */5 * * * * *.`,
  );
}
