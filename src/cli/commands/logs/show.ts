import { once } from 'node:events';

import type { InvocationRecord } from '../../../platform/types.ts';
import { colors } from '../../colors.ts';
import {
  type Entry,
  hasFailed,
  type LineEntry,
  type RequestEntry,
} from '../../../platform/record-files/entries.ts';
import { terminalText } from '../../terminal-text.ts';

/** Waits while the reader of our output is slower than we are. */
export type Print = (entry: Entry) => Promise<void>;

export interface PrinterOptions {
  json: boolean;
  /** Tell all of a request, in a line each. */
  details: boolean;
}

export function createPrinter({ json, details }: PrinterOptions): Print {
  const functionColumn = widening();
  const text = (entry: Entry): string => {
    const value = entry.kind === 'request' ? entry.record : entry.line;
    const head = `${colors.dim(timeText(entry.time))} ${colors.cyan(functionColumn(plain(value.function)))}`;
    if (entry.kind === 'line') return `${head} ${lineText(entry.line)}\n`;
    return `${head} ${requestText(entry.record)}\n${details ? detailText(entry) : ''}${errorText(entry.record)}`;
  };
  return async (entry) => {
    if (!process.stdout.write(json ? jsonLine(entry) : text(entry))) await once(process.stdout, 'drain');
  };
}

/** `2026-11-23 18:14:27.123`, UTC. */
export function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 23).replace('T', ' ');
}

function jsonLine(entry: Entry): string {
  const { kind } = entry;
  return `${JSON.stringify({ kind, ...(entry.kind === 'request' ? entry.record : entry.line) })}\n`;
}

function lineText({ stream, line }: LineEntry['line']): string {
  if (stream === 'platform') return colors.dim(`┆ ${plain(line)}`);
  const bar = stream === 'stderr' ? colors.red('│') : colors.dim('│');
  return `${bar} ${terminalText(line, colors.isColorSupported)}`;
}

/** `GET /hello 200 warm 1.2 ms (billed 2 ms, 34 MB) 87c7de13` */
function requestText(record: InvocationRecord): string {
  const details = [`billed ${record.billedMs} ms`];
  if (record.memoryMb !== undefined) details.push(`${Math.ceil(record.memoryMb)} MB`);
  if (record.streamed === true) details.push('streamed');
  return [
    plain(record.method),
    plain(record.path),
    statusText(record),
    startText(record),
    `${record.durationMs} ms`,
    colors.dim(`(${details.join(', ')}) ${plain(record.requestId.slice(0, 8))}`),
  ].join(' ');
}

function statusText(record: InvocationRecord): string {
  const text = String(record.status);
  if (hasFailed(record)) return colors.red(text);
  return record.status >= 400 ? colors.yellow(text) : colors.green(text);
}

function startText({ start, origin, initMs }: InvocationRecord): string {
  if (start !== 'cold') return start === 'none' ? 'not run' : start;
  const how = [origin, initMs === undefined ? undefined : `${Math.round(initMs)} ms`].filter(Boolean);
  return colors.cyan(how.length === 0 ? 'cold' : `cold (${how.join(', ')})`);
}

/** Where and how a request ran. */
function detailText({ record, time }: RequestEntry): string {
  const init = record.initMs === undefined ? '' : `, with loading in ${record.initMs} ms`;
  const route = [record.route, record.alias === undefined ? undefined : `alias ${record.alias}`];
  const rows: [string, string | undefined][] = [
    ['request', record.requestId],
    ['arrived', record.time.slice(0, 23).replace('T', ' ')],
    ['answered', timeText(time)],
    ['version', String(record.version)],
    ['instance', record.instance],
    ['route', route.filter(Boolean).join(', ') || undefined],
    ['waited', `${record.queueMs} ms for an instance${init}`],
    ['ran', `${record.durationMs} ms of ${record.totalMs} ms in all; billed ${record.billedMs} ms`],
    ['memory', `${record.memoryMb === undefined ? '?' : record.memoryMb} of ${record.memoryLimitMb} MB`],
    ['body', `${record.requestBytes} bytes in, ${record.responseBytes} bytes out`],
    ['error', record.error?.code],
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `    ${colors.dim(name.padEnd(8))}  ${plain(value!)}\n`)
    .join('');
}

function errorText({ error }: InvocationRecord): string {
  if (error === undefined) return '';
  const text = error.app === undefined || error.app.traceback === '' ? error.message : error.app.traceback;
  const lines = text.trimEnd().split('\n').map(plain);
  return lines.map((line) => colors.dim(`    ${line}`) + '\n').join('');
}

function plain(text: string): string {
  return terminalText(text, false);
}

/** Pads to the longest text so far, of 30 characters at most. */
function widening(): (text: string) => string {
  let width = 0;
  return (text) => {
    width = Math.max(width, Math.min(text.length, 30));
    return text.padEnd(width);
  };
}
