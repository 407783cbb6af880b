import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';

import { pause } from '../retry.ts';
import type { LogLine, LogQuery } from '../types.ts';
import type { Aws } from './aws.ts';
import { orUndefined } from './clients.ts';
import { logGroup } from './names.ts';
import { printedLines } from './printed-lines.ts';

/** Between two looks for new lines. */
const EVERY_MS = 1500;
/** Lines come out of order by so much: the service says "usually within seconds". */
const OVERLAP_MS = 20_000;

/** What a function printed, with START, END and REPORT lines. */
export async function* readLogs(aws: Aws, name: string, query: LogQuery): AsyncGenerator<LogLine> {
  const { follow, signal } = query;
  const both = AbortSignal.any([signal, aws.signal]);
  const seen = new Map<string, number>();
  const requests = new Map<string, string>();
  let since = query.since;
  try {
    for (;;) {
      for await (const event of eventsSince(aws, name, since, both)) {
        const { eventId = '', timestamp = 0 } = event;
        if (seen.has(eventId)) continue;
        seen.set(eventId, timestamp);
        since = Math.max(since, timestamp - OVERLAP_MS);
        yield* linesOf(event, requests, query);
      }
      if (!follow) return;
      for (const [id, time] of seen) if (time < since) seen.delete(id);
      await pause(EVERY_MS, both);
    }
  } catch (error) {
    // That is how following ends.
    if (!signal.aborted) throw error;
  }
}

/** Oldest first. A group that is not there yet has none. */
async function* eventsSince(
  aws: Aws,
  name: string,
  startTime: number,
  abortSignal: AbortSignal,
): AsyncGenerator<FilteredLogEvent> {
  const logs = await aws.clients.logs();
  let nextToken: string | undefined;
  do {
    abortSignal.throwIfAborted();
    const page = await orUndefined(
      logs.filterLogEvents(
        { logGroupName: logGroup(name), startTime, ...(nextToken === undefined ? {} : { nextToken }) },
        { abortSignal },
      ),
    );
    yield* page?.events ?? [];
    nextToken = page?.nextToken;
  } while (nextToken !== undefined);
}

/** Lines of an event that the query asks for. `requests`: what each stream serves at the moment, by which lines without an id get theirs. */
function linesOf(
  { timestamp = 0, message = '', logStreamName = '' }: FilteredLogEvent,
  requests: Map<string, string>,
  { filter, requestId: asked }: LogQuery,
): LogLine[] {
  const time = new Date(timestamp).toISOString();
  const [, word, id] = /^(START|END|REPORT) RequestId: ([\w-]+)/.exec(message) ?? [];
  if (id !== undefined) requests.set(logStreamName, id);
  const requestId = id ?? requests.get(logStreamName);
  if (word === 'REPORT') requests.delete(logStreamName);
  if (asked !== undefined && asked !== requestId && !message.includes(asked)) return [];
  return printedLines(message)
    .filter((line) => filter === undefined || line.includes(filter))
    .map((line) => ({
      time,
      ...(requestId === undefined ? {} : { requestId }),
      // `2026/11/24/[3]8f1c…`
      instance: logStreamName.slice(logStreamName.indexOf(']') + 1),
      line: line.trimEnd(),
    }));
}
