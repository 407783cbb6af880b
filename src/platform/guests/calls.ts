import { setImmediate as nextTurn } from 'node:timers/promises';

import { invokeDirectly, type Invoked } from '../deployments/invoke-directly.ts';
import type { RunningFunction } from '../function.ts';
import type { Instance } from '../instances/instance.ts';
import type { Journal } from '../journal.ts';
import { endLine, reportLine, startLine } from '../records.ts';
import type { InvocationRecord } from '../types.ts';
import type { GuestAnswer, GuestCall, LogLine } from './types.ts';

/** Calls of guests, each with the lines that were printed meanwhile. */
export interface Calls {
  invoke(fn: RunningFunction, call: GuestCall): Promise<GuestAnswer>;
  onLine(instance: Pick<Instance, 'id' | 'requestId'>, stream: 'stdout' | 'stderr', line: string): void;
}

interface Printed {
  requestId: string;
  lines: LogLine[];
}

/** Turns of the event loop in which what was printed before the answer comes through its own pipe. */
const TURNS = 3;

export function createCalls(journal: Journal): Calls {
  const waiting = new Map<string, Printed>();
  /** By the instances that have just answered them. */
  const late = new Map<string, Printed>();
  return {
    onLine: ({ id, requestId }, stream, line) => {
      const of = requestId === undefined ? late.get(id) : waiting.get(requestId);
      of?.lines.push({ time: Date.now(), instance: id, requestId: of.requestId, stream, line });
    },
    invoke: async (fn, { requestId, event, context, stream = false }) => {
      const printed: Printed = { requestId, lines: [] };
      waiting.set(requestId, printed);
      const began = Date.now();
      try {
        const invoked = await invokeDirectly(
          fn,
          { event, requestId, stream, ...(context === undefined ? {} : { context }) },
          journal,
        );
        const { instance = '' } = invoked.record;
        late.set(instance, printed);
        for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
        if (late.get(instance) === printed) late.delete(instance);
        return answerOf(invoked, printed.lines, began);
      } finally {
        waiting.delete(requestId);
      }
    },
  };
}

function answerOf(
  { record, result, stream, error }: Invoked,
  printed: LogLine[],
  began: number,
): GuestAnswer {
  const failure = record.error;
  return {
    ...(result === undefined || (failure !== undefined && failure.code !== 'APP_ERROR') ? {} : { result }),
    ...(stream === undefined ? {} : { stream }),
    ...(failure === undefined
      ? {}
      : { error: { code: failure.code, message: failure.message, ...appOf(failure.app ?? error) } }),
    report: reportOf(record),
    lines: [
      platformLine(record, began, startLine(record)),
      ...printed,
      ...(stream === undefined
        ? [endLine(record), reportLine(record)].map((line) => platformLine(record, Date.now(), line))
        : []),
    ],
  };
}

function appOf(app: { type: string; message: string; traceback: string } | undefined): {
  app?: { type: string; message: string; traceback: string };
} {
  if (app === undefined) return {};
  const { type, message, traceback } = app;
  return { app: { type, message, traceback } };
}

function reportOf(record: InvocationRecord): GuestAnswer['report'] {
  const { start, durationMs, billedMs, initMs, memoryMb, memoryLimitMb } = record;
  return {
    start,
    durationMs,
    billedMs,
    ...(initMs === undefined ? {} : { initMs }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    memoryLimitMb,
  };
}

function platformLine({ instance = '', requestId }: InvocationRecord, time: number, line: string): LogLine {
  return { time, instance, requestId, stream: 'platform', line };
}
