import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { seededRandom } from '../stats/random.ts';
import { csvFields, csvHeader, type CsvColumns, csvTime } from './csv-line.ts';
import { createGathering, type Gathering } from './gather.ts';
import { parseLogLine } from './log-line.ts';
import { MOST_REQUESTS } from './synthetic.ts';
import type { Arrivals } from './types.ts';

export interface ReadTraceOptions {
  file: string;
  /** Index of the route that a request belongs to; -1: none that was measured. */
  routeOf(method: string, target: string): number;
  /** Index of the route with this name; -1: none. */
  routeNamed(name: string): number;
  seed: number;
}

/**
 * Reads an access log (common or combined format) or a CSV of arrivals (`time[,route]`), also gzip, line by line. What cannot be
 * read is counted and told. Fails with BAD_TRACE when it is most of the file.
 */
export async function readTrace(options: ReadTraceOptions): Promise<Arrivals> {
  const gathering = createGathering();
  const reader: Reader = {
    columns: undefined,
    isLog: undefined,
    bad: 0,
    firstBad: undefined,
    hasParts: false,
  };
  let number = 0;
  try {
    for await (const line of linesOf(await openTrace(options.file))) {
      number += 1;
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (!readLine(line, reader, gathering, options)) {
        reader.bad += 1;
        reader.firstBad ??= { number, line: line.slice(0, 120) };
      }
      if (gathering.count > MOST_REQUESTS)
        throw badTrace(options.file, `more than ${MOST_REQUESTS} requests`, 'give a part of it');
    }
  } catch (error) {
    if (error instanceof RopewayError) throw error;
    throw badTrace(
      options.file,
      errorMessage(error),
      'give a readable log, CSV, or one of both packed with gzip',
    );
  }
  if (gathering.count === 0 || reader.bad > gathering.count) throw unreadable(options.file, reader);
  const isCut = reader.isLog === true && !reader.hasParts;
  const { at, routes, seconds } = gathering.sorted(isCut, seededRandom(options.seed));
  return { from: options.file, at, routes, seconds, notes: notesOf(reader, isCut) };
}

interface Reader {
  isLog: boolean | undefined;
  columns: CsvColumns | undefined;
  bad: number;
  firstBad: { number: number; line: string } | undefined;
  /** Whether some time had parts of a second. */
  hasParts: boolean;
}

function readLine(line: string, reader: Reader, to: Gathering, options: ReadTraceOptions): boolean {
  if (reader.isLog !== false) {
    const request = parseLogLine(line);
    if (request !== undefined) {
      reader.isLog = true;
      reader.hasParts ||= !Number.isInteger(request.time);
      to.add(request.time, options.routeOf(request.method, request.target));
      return true;
    }
    // A log may begin with what is no request; what looks like CSV is none.
    if (reader.isLog === true || !/^[^[]*(,|$)/.test(line)) return false;
  }
  return readCsvLine(line, reader, to, options);
}

function readCsvLine(line: string, reader: Reader, to: Gathering, options: ReadTraceOptions): boolean {
  const fields = csvFields(line);
  if (reader.columns === undefined) {
    const header = csvHeader(fields);
    if (header !== undefined) {
      [reader.columns, reader.isLog] = [header, false];
      return true;
    }
  }
  const columns = reader.columns ?? { time: 0, route: 1 };
  const time = csvTime(fields[columns.time] ?? '');
  if (time === undefined) return false;
  [reader.columns, reader.isLog] = [columns, false];
  const method = columns.method === undefined ? undefined : fields[columns.method];
  to.add(time, csvRoute(columns.route === undefined ? undefined : fields[columns.route], method, options));
  return true;
}

/** A name of a route, `GET /path`, or a path. */
function csvRoute(route: string | undefined, method: string | undefined, options: ReadTraceOptions): number {
  if (route === undefined || route === '') return -1;
  const named = options.routeNamed(method === undefined ? route : `${method} ${route}`);
  if (named !== -1) return named;
  const [, verb = 'GET', target = route] = /^([A-Z]+) (\/.*)$/.exec(route) ?? ['', method, route];
  return options.routeOf(verb, target);
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let half = '';
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (half + chunk).split('\n');
    half = lines.pop()!;
    // A line without an end must not fill the memory; no request is that long.
    if (half.length > MOST_LINE) half = half.slice(0, MOST_LINE);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (half !== '') yield half;
}

const MOST_LINE = 65_536;
const GZIP = Buffer.from([0x1f, 0x8b]);

async function openTrace(file: string): Promise<Readable> {
  const handle = await open(file);
  const start = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  const stream = createReadStream(file);
  if (!start.buffer.subarray(0, start.bytesRead).equals(GZIP)) return stream;
  const unpacked = createGunzip();
  stream.on('error', (error) => unpacked.destroy(error));
  return stream.pipe(unpacked);
}

function notesOf({ bad, firstBad }: Reader, isCut: boolean): string[] {
  return [
    ...(bad === 0
      ? []
      : [
          `${bad} lines of the trace are no requests and were left out, the first in line ${firstBad!.number}.`,
        ]),
    ...(isCut ? ['The log tells whole seconds: requests are spread over theirs by chance.'] : []),
  ];
}

function unreadable(file: string, { firstBad, bad }: Reader): RopewayError {
  const got =
    firstBad === undefined
      ? 'no request at all'
      : `${bad} lines that are none, the first in line ${firstBad.number}: ${firstBad.line}`;
  return badTrace(file, got, 'give an access log in common or combined format, or CSV with a column `time`');
}

function badTrace(file: string, got: string, fix: string): RopewayError {
  return new RopewayError({
    code: 'BAD_TRACE',
    message: `The trace ${file} cannot be used.`,
    expected: 'lines like `… [10/Oct/2026:13:55:36 +0000] "GET /path HTTP/1.1" 200 2326` or `time,route`',
    got,
    fix,
  });
}
