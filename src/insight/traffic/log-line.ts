/** What is needed of a line of an access log. */
export interface LoggedRequest {
  /** Seconds since 1970. */
  time: number;
  method: string;
  /** Path and query as they were asked for. */
  target: string;
  status: number;
  /** Of the answer's body; 0 when the log says `-`. */
  bytes: number;
}

/**
 * Common and combined log format, as Apache and nginx write it, whatever stands before the time and behind the size:
 * `… [10/Oct/2000:13:55:36 -0700] "GET /index.html HTTP/1.0" 200 2326 …`
 */
const LINE =
  /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(\.\d{1,6})? ([+-])(\d{2})(\d{2})\] "([A-Z]{3,16}) ((?:[^"\\]|\\.)*)" (\d{3}) (\d{1,15}|-)(?![^\s"])/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Undefined: no request, such as a handshake that failed (`"\x16\x03\x01"`), or no log line at all. */
export function parseLogLine(line: string): LoggedRequest | undefined {
  const found = LINE.exec(line);
  if (found === null) return undefined;
  const [, day, month, year, hour, minute, second, part, sign, zoneHour, zoneMinute, method, rest] = found;
  const monthIndex = MONTHS.indexOf(month!);
  if (monthIndex === -1) return undefined;
  const local = Date.UTC(+year!, monthIndex, +day!, +hour!, +minute!, +second!) / 1000;
  // `31/Feb` would become a day in March, 61 seconds a minute.
  if (new Date(local * 1000).getUTCDate() !== +day! || +hour! > 23 || +minute! > 59 || +second! > 60)
    return undefined;
  const zone = (sign === '-' ? -1 : 1) * (+zoneHour! * 3600 + +zoneMinute! * 60);
  const target = rest!.replace(/ HTTP\/\d(?:\.\d)?$/, '');
  if (target === '' || /\s/.test(target)) return undefined;
  return {
    time: local - zone + Number(part ?? 0),
    method: method!,
    target,
    status: Number(found[13]),
    bytes: found[14] === '-' ? 0 : Number(found[14]),
  };
}
