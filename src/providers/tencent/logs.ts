import { pause } from '../retry.ts';
import type { LogLine, LogQuery } from '../types.ts';
import { type Answer, orUndefined, type Scf } from './clients.ts';
import { locate } from './look.ts';
import type { FunctionId } from './names.ts';
import type { Tencent } from './tencent.ts';
import { beijingTime, parseBeijing } from './times.ts';

/** A query is for one day at most (GetFunctionLogs, doc 583/18583). */
const WINDOW_MS = 24 * 3600_000;
/** SCF keeps no logs for longer. */
const KEPT_MS = 30 * WINDOW_MS;
/** Between two looks for new lines. */
const EVERY_MS = 1500;
/** Calls are told late, and while they go on; those that began so long ago are asked for again. */
const OVERLAP_MS = 15 * 60_000;
const PAGE = 100;

type Logged = NonNullable<Answer<'GetFunctionLogs'>['Data']>[number];

/** What a function printed, with START, END and REPORT lines. Lines have the time at which their call began: SCF tells no other. */
export async function* readLogs(tencent: Tencent, name: string, query: LogQuery): AsyncGenerator<LogLine> {
  const { follow, signal } = query;
  const both = AbortSignal.any([signal, tencent.signal]);
  const told = new Map<string, number>();
  let seen = 0;
  try {
    let since: number | undefined;
    for (;;) {
      const id = await locate(tencent, name);
      const scf = await tencent.clients.scf();
      since ??= id && (await beginOf(tencent, scf, id, query.since));
      if (id !== undefined && since !== undefined) {
        for await (const one of callsSince(scf, id, since, query.requestId)) {
          both.throwIfAborted();
          seen = Math.max(seen, parseBeijing(one.StartTime));
          yield* newLines(one, told, query);
        }
        since = Math.max(since, seen - OVERLAP_MS);
      }
      if (!follow) return;
      await pause(EVERY_MS, both);
    }
  } catch (error) {
    // That is how following ends.
    if (!signal.aborted) throw error;
  }
}

/** There is nothing from before the function was made. */
async function beginOf(
  tencent: Tencent,
  scf: Scf,
  id: FunctionId,
  since: number,
): Promise<number | undefined> {
  const found = await orUndefined(scf.GetFunction(id));
  if (found === undefined) return undefined;
  if (found.ClsTopicId)
    tencent.note(
      `${id.FunctionName} writes its logs to CLS, topic ${found.ClsTopicId}: there they are all, and sooner`,
    );
  return Math.max(since, parseBeijing(found.AddTime), Date.now() - KEPT_MS);
}

/** Oldest first; what began at the edge of two windows may come twice. */
export async function* callsSince(
  scf: Pick<Scf, 'GetFunctionLogs'>,
  id: FunctionId,
  since: number,
  requestId: string | undefined,
): AsyncGenerator<Logged> {
  for (let from = since; from < Date.now(); from += WINDOW_MS) {
    const times = {
      StartTime: beijingTime(from),
      // In whole seconds; what began in this one is to be there, too.
      EndTime: beijingTime(Math.min(from + WINDOW_MS, Date.now() + 1000)),
    };
    for (let Offset = 0; Offset + PAGE <= 10_000; Offset += PAGE) {
      const { Data = [] } = await scf.GetFunctionLogs({
        ...id,
        ...times,
        Offset,
        Limit: PAGE,
        Order: 'asc',
        OrderBy: 'start_time',
        ...(requestId === undefined ? {} : { FunctionRequestId: requestId }),
      });
      yield* Data;
      if (Data.length < PAGE) break;
    }
  }
}

/** Lines of a call that have not been told yet. `told`: how many have, by call. */
export function newLines(
  { RequestId = '', RetryNum = 0, StartTime, Log = '' }: Logged,
  told: Map<string, number>,
  { filter, since }: Pick<LogQuery, 'filter' | 'since'>,
): LogLine[] {
  const key = `${RequestId} ${RetryNum}`;
  const lines = Log.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  const fresh = lines.slice(told.get(key) ?? 0);
  told.set(key, lines.length);
  const time = parseBeijing(StartTime);
  if (time + 1000 <= since) return [];
  return fresh
    .filter((line) => filter === undefined || line.includes(filter))
    .map((line) => ({
      time: new Date(time).toISOString(),
      ...(RequestId === '' ? {} : { requestId: RequestId }),
      line,
    }));
}
