import { findRecords } from '../../records/folder.ts';
import type { Entry } from '../../../platform/record-files/entries.ts';
import { closeFiles, type OpenFile, openFiles } from '../../../platform/record-files/open-files.ts';
import { mergeByTime, readEntries } from '../../../platform/record-files/read-entries.ts';
import { stopSignal } from '../../stop-signal.ts';
import { createFilter, type Filter } from './filter.ts';
import { findRequest } from './find-request.ts';
import { followEntries } from './follow.ts';
import { joinLines } from './join-lines.ts';
import { backwardOrder, lastEntries } from './last-entries.ts';
import type { LogsOptions } from './options.ts';
import { createPrinter, type Print } from './show.ts';

const DEFAULT_LINES = 100;

/** Shows what the records hold, then, if asked, what comes until Ctrl-C. */
export async function logs(name: string | undefined, options: LogsOptions): Promise<void> {
  const folder = findRecords(options.state, options.follow);
  const stopped = options.follow ? abortWhenStopped() : undefined;
  const invocations = await openFiles(folder, 'invocations');
  const log = await openFiles(folder, 'log');
  try {
    const requestId =
      options.request === undefined
        ? undefined
        : await findRequest(options.request, folder, invocations, log);
    const filter = createFilter(name, options, requestId);
    const print = createPrinter({ json: options.json, details: requestId !== undefined });
    const join = joinLines(filter);
    const shown = await showHistory({ invocations, log, options, requestId, filter, join, print }, stopped);
    if (stopped !== undefined) await followEntries({ folder, invocations, log, join, print, stopped });
    else if (shown === 0 && !options.json) process.stderr.write(`Nothing in ${folder} matches.\n`);
  } finally {
    await closeFiles([...invocations, ...log]);
  }
}

interface History {
  invocations: OpenFile[];
  log: OpenFile[];
  options: LogsOptions;
  requestId: string | undefined;
  filter: Filter;
  join(entry: Entry): Entry[];
  print: Print;
}

/** Shows what was there at the start; tells how many entries. */
async function showHistory(history: History, stopped: AbortSignal | undefined): Promise<number> {
  const { options, requestId, filter, join, print } = history;
  const isAll = options.since !== undefined || requestId !== undefined;
  const lines = options.lines ?? (isAll ? undefined : DEFAULT_LINES);
  let shown = 0;
  const show = async (entry: Entry): Promise<void> => {
    shown += 1;
    await print(entry);
  };
  if (lines === undefined) {
    for await (const entry of readAll(history, false)) {
      if (stopped?.aborted === true) break;
      for (const one of join(entry)) await show(one);
    }
  } else {
    for (const entry of await lastEntries(readAll(history, true), filter, lines)) await show(entry);
  }
  return shown;
}

function readAll(
  { invocations, log, options, requestId, filter }: History,
  newestFirst: boolean,
): AsyncGenerator<Entry> {
  const how = {
    newestFirst,
    ...(options.since === undefined ? {} : { since: options.since }),
    ...(requestId === undefined ? {} : { containing: `"requestId":"${requestId}"` }),
  };
  return mergeByTime(
    [readEntries(invocations, { name: 'invocations', ...how }), readEntries(log, { name: 'log', ...how })],
    newestFirst,
    newestFirst ? backwardOrder(filter) : undefined,
  );
}

/** Ctrl-C ends following without an error. */
function abortWhenStopped(): AbortSignal {
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  return stop.signal;
}
