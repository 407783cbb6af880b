import { RopewayError } from '../../lib/errors.ts';
import { colors } from '../colors.ts';
import { parseTimeout, type RequestOptions } from './options.ts';
import { print } from './print.ts';
import { replay, type Result } from './replay.ts';
import { loadRequestFile, requestFilePath } from './request-file.ts';
import { findRunningDev, findRunningDevIfAny } from './running-dev.ts';
import { colourStatus, printable } from './show.ts';
import { ms } from './trace.ts';
import type { ParsedFile } from './types.ts';
import { isLoopback } from './url.ts';

/** `ropeway request --all`. Exit code 1 when a request was not answered as expected. */
export async function runAll(options: RequestOptions): Promise<void> {
  const timeoutMs = parseTimeout(options.timeout);
  const path = requestFilePath(options);
  const file = await loadOrThrow(path);
  const host = await hostFor(file, options);
  const results = await replay(file, {
    path,
    overrides: host === undefined ? {} : { host },
    timeoutMs,
    cold: options.cold === true,
  });
  const failed = results.filter((result) => !result.passed).length;
  const passed = results.length - failed;
  if (failed > 0) process.exitCode = 1;
  if (options.json === true) {
    await print(
      `${JSON.stringify({ file: file.fileName, passed, failed, results, notes: file.notes }, null, 2)}\n`,
    );
    return;
  }
  await print(`${table(results)}\n${file.notes.map((note) => `${colors.yellow('!')} ${note}\n`).join('')}`);
  await print(`\n${passed} passed, ${failed > 0 ? colors.red(`${failed} failed`) : '0 failed'}\n`);
}

/** One line a request, and under it what was not as expected. */
export function table(results: Result[]): string {
  const rows = results.map((result) => [
    result.title || `${result.method} ${result.url.replace(/^(?:https?:\/\/[^/?]+|\{\{host\}\})/i, '')}`,
    result.status === undefined ? '-' : String(result.status),
    result.contentType ?? '-',
    result.timeMs === undefined ? '-' : ms(result.timeMs),
    result.start ?? '',
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? '')))) ?? [];
  return rows.flatMap((row, index) => lines(row, widths, results[index])).join('\n');
}

function lines(row: string[], widths: number[], result: Result | undefined): string[] {
  const [title = '', status = '', type = '', time = '', start = ''] = row.map((cell, column) => {
    const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
    return column === 3 ? blanks + printable(cell) : printable(cell) + blanks;
  });
  const mark = result?.passed === true ? colors.green('✓') : colors.red('✗');
  const line =
    `${mark} ${title}  ${colourStatus(result?.status ?? 500, status)}  ${type}  ${time}  ${start}`.trimEnd();
  return [line, ...(result?.problems ?? []).map((problem) => `    ${colors.red(printable(problem))}`)];
}

/** Columns of a terminal: letters of Chinese, Japanese and Korean take two. */
function width(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;
  return text.length + (text.match(wide)?.length ?? 0);
}

async function loadOrThrow(path: string): Promise<ParsedFile> {
  const loaded = await loadRequestFile(path);
  if (loaded !== undefined && loaded.file.requests.length > 0) return loaded.file;
  throw new RopewayError({
    code: loaded === undefined ? 'REQUEST_FILE_NOT_FOUND' : 'NO_REQUESTS',
    message: loaded === undefined ? `There is no file of requests: ${path}` : `${path} holds no request`,
    fix: 'save a request with `ropeway request <path> --save`, or pass another file with --file',
  });
}

/**
 * What `{{host}}` stands for, when not what the file says: `--url`, or the running `ropeway dev` in place of
 * an address of this machine, whose port may have been another then.
 */
async function hostFor(file: ParsedFile, options: RequestOptions): Promise<string | undefined> {
  if (options.url !== undefined) return options.url.replace(/\/+$/, '');
  const written = file.variables.findLast(([name]) => name === 'host')?.[1];
  if (written !== undefined) return isLoopback(written) ? await findRunningDevIfAny(options.dir) : undefined;
  return file.requests.some(needsHost) ? await findRunningDev(options.dir) : undefined;
}

function needsHost({ url, headers }: ParsedFile['requests'][number]): boolean {
  if (/^[/?]/.test(url)) return !headers.some(([name]) => name.toLowerCase() === 'host');
  return /\{\{\s*host\s*\}\}/.test(url);
}
