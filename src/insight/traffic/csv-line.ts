/** The fields of a line of CSV (RFC 4180; a field with a line break in it is none). */
export function csvFields(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const [field, end] = line[at] === '"' ? quotedField(line, at) : plainField(line, at);
    fields.push(field);
    if (end >= line.length) return fields;
    at = end + 1;
  }
}

function plainField(line: string, from: number): [string, number] {
  const comma = line.indexOf(',', from);
  const end = comma === -1 ? line.length : comma;
  return [line.slice(from, end).trim(), end];
}

/** Two quotes stand for one; what follows the closing one up to the comma is kept as it is. */
function quotedField(line: string, from: number): [string, number] {
  let text = '';
  let at = from + 1;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote === -1) return [text + line.slice(at), line.length];
    text += line.slice(at, quote);
    if (line[quote + 1] !== '"') {
      const [rest, end] = plainField(line, quote + 1);
      return [text + rest, end];
    }
    text += '"';
    at = quote + 2;
  }
}

/** Which column holds what. */
export interface CsvColumns {
  time: number;
  route?: number;
  method?: number;
}

const NAMES = {
  time: ['time', 'timestamp', 'at', 'seconds', 'arrival', 'date', 'datetime', 'ts'],
  route: ['route', 'path', 'request', 'url', 'uri', 'target'],
  method: ['method', 'verb'],
};

/** Of a header; undefined when the line is none: its first field is a time. Without `time` it has no meaning: also undefined. */
export function csvHeader(fields: string[]): CsvColumns | undefined {
  const names = fields.map((field) => field.toLowerCase().trim());
  const find = (wanted: string[]): number => names.findIndex((name) => wanted.includes(name));
  const [time, route, method] = [find(NAMES.time), find(NAMES.route), find(NAMES.method)];
  if (time === -1) return undefined;
  return { time, ...(route === -1 ? {} : { route }), ...(method === -1 ? {} : { method }) };
}

/** Numbers above it are milliseconds since 1970, not seconds. */
const LEAST_MS = 1e11;

/** Seconds: since 1970 of a date or a large number, else since some beginning. Undefined: no time. */
export function csvTime(field: string): number | undefined {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?$/i.test(field)) {
    const number = Number(field);
    return number >= LEAST_MS ? number / 1000 : number;
  }
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/.test(field))
    return undefined;
  const spaced = field.replace(' ', 'T').replace(',', '.').replaceAll(/\s/g, '');
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(spaced.slice(10));
  const time = Date.parse(hasZone || spaced.length === 10 ? spaced : `${spaced}Z`);
  return Number.isNaN(time) ? undefined : time / 1000;
}
