import type { LogLine } from '../../../providers/types.ts';
import { colors } from '../../colors.ts';
import { chooseFunction } from '../../deploying/choose-function.ts';
import { withSession } from '../../deploying/session.ts';
import { say } from '../../print-lines.ts';
import type { CloudLogsOptions } from './options.ts';

const DEFAULT_LINES = 100;
/** Milliseconds that are looked back without --since. */
const LOOK_BACK_MS = 3600_000;

/** Shows what a function in a cloud has printed, then, if asked, what comes until Ctrl-C. */
export async function cloudLogs(alias: string | undefined, options: CloudLogsOptions): Promise<void> {
  const { dir = '.', stage, target, json, follow, filter, request, since } = options;
  const deploying = { dir, target, json, debug: false, ...(stage === undefined ? {} : { stage }) };
  const aliases = alias === undefined ? [] : [alias];
  await withSession({ options: deploying, verb: 'logs', changes: false, aliases }, async (session) => {
    const chosen = chooseFunction(session.store, alias, 'ropeway logs');
    const lines = session.providerFor(chosen.region).logs(chosen.name, {
      since: since ?? Date.now() - LOOK_BACK_MS,
      follow,
      signal: session.signal,
      ...(filter === undefined ? {} : { filter }),
      ...(request === undefined ? {} : { requestId: request }),
    });
    const most = options.lines ?? (since === undefined && request === undefined ? DEFAULT_LINES : Infinity);
    const show = (line: LogLine): void => say(json ? JSON.stringify(line) : textOf(line));
    const shown = follow ? await showAll(lines, show) : await showLast(lines, most, show);
    if (shown === 0 && !json)
      process.stderr.write(`${chosen.name} has printed nothing of that since then.\n`);
  });
}

async function showAll(lines: AsyncIterable<LogLine>, show: (line: LogLine) => void): Promise<number> {
  let count = 0;
  for await (const line of lines) {
    show(line);
    count += 1;
  }
  return count;
}

async function showLast(
  lines: AsyncIterable<LogLine>,
  most: number,
  show: (line: LogLine) => void,
): Promise<number> {
  const last: LogLine[] = [];
  for await (const line of lines) {
    last.push(line);
    if (last.length > most) last.shift();
  }
  last.forEach(show);
  return last.length;
}

function textOf({ time, line, requestId }: LogLine): string {
  const id = requestId === undefined ? '' : ` ${requestId.slice(0, 8)}`;
  return `${colors.dim(`${time.slice(11, 23)}${id}`)}  ${line.trimEnd()}`;
}
