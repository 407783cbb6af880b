import { createHash } from 'node:crypto';

import type { LogLine } from '../../types.ts';

/** A line as the API has it. */
export interface LogEvent {
  logStreamName: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
  ingestionTime: number;
  /** The same each time the line is read. */
  eventId: string;
}

/** Lines of a function, oldest first, as events of streams: one for each instance and day. */
export function eventsOf(lines: readonly LogLine[]): LogEvent[] {
  const versions = new Map<string, string>();
  for (const { instance, line } of lines) {
    const version = /^START RequestId: \S+ Version: (\S+)/.exec(line)?.[1];
    if (version !== undefined) versions.set(instance, version);
  }
  const seen = new Map<string, number>();
  return lines.map(({ time, instance, line }) => {
    const day = new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStreamName = `${day}/[${versions.get(instance) ?? '$LATEST'}]${instance}`;
    // Lines of the same moment may be the same.
    const what = `${instance}\n${time}\n${line}`;
    const times = seen.get(what) ?? 0;
    seen.set(what, times + 1);
    return {
      logStreamName,
      timestamp: time,
      message: `${line}\n`,
      ingestionTime: time,
      eventId: idOf(`${what}\n${times}`),
    };
  });
}

function idOf(what: string): string {
  const digest = createHash('sha256').update(what).digest('hex');
  return BigInt(`0x${digest.slice(0, 32)}`)
    .toString()
    .padStart(39, '0');
}

/** Where a list of events goes on: after so many events of a moment. */
export interface Place {
  time: number;
  skip: number;
}

/** A page of events, oldest first; `next`: there is more. */
export function pageOfEvents(
  events: readonly LogEvent[],
  from: Place | undefined,
  limit: number,
): { events: LogEvent[]; next?: Place } {
  let skip = from?.skip ?? 0;
  const rest = events.filter(({ timestamp }) => {
    if (from === undefined || timestamp > from.time) return true;
    if (timestamp < from.time) return false;
    skip -= 1;
    return skip < 0;
  });
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || rest.length === page.length) return { events: page };
  const time = last.timestamp;
  const before = from?.time === time ? from.skip : 0;
  return {
    events: page,
    next: { time, skip: before + page.filter(({ timestamp }) => timestamp === time).length },
  };
}
