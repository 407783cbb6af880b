import { randomUUID } from 'node:crypto';

import { errorMessage } from '../../../../lib/errors.ts';
import type { JsonValue } from '../../../../events/types.ts';
import type { QualifiedFunction, TencentContext } from '../../context.ts';
import { TencentError } from '../../service.ts';
import type { Ledger } from '../ledger.ts';
import type { Invocations } from './invocations.ts';
import { failureOf } from './results.ts';

/** Events that a function is called with later, again when it fails; they outlive the emulator. */
export interface AsyncEvents {
  /** Resolves with its id when it is on the disk. `type`: `INVOKE`, `TIMER`. */
  add(wanted: QualifiedFunction, type: string, event: string): Promise<string>;
  all(): AsyncEvent[];
  /** False when it does not run any more. */
  abort(id: string): Promise<boolean>;
  /** Begins what was not done when the emulator ended. */
  resume(): void;
  close(): Promise<void>;
}

export interface AsyncEvent {
  id: string;
  wanted: QualifiedFunction;
  type: string;
  status: 'RUNNING' | 'FINISHED' | 'ABORTED' | 'FAILED';
  /** Milliseconds since 1970. */
  start: number;
  end?: number;
  /** JSON; gone when it is done. */
  event?: string;
  attempts: number;
  /** When it is to be tried again. */
  retryAt?: number;
}

interface Books {
  events: AsyncEvent[];
}

interface AsyncEventsOptions {
  context: TencentContext;
  ledger: Ledger;
  invocations: Invocations;
  /** Between one attempt and the next after an error of the function's own; default: as in the cloud. */
  retryMs?: number;
}

const RETRY_MS = 60_000;
const KEPT = 1000;

export function openAsyncEvents({
  context,
  ledger,
  invocations,
  retryMs = RETRY_MS,
}: AsyncEventsOptions): AsyncEvents {
  const store = context.openStore<Books>('scf-events', { events: [] });
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let closed = false;

  const find = (id: string): AsyncEvent | undefined => store.current().events.find((one) => one.id === id);
  const change = (id: string, to: Partial<AsyncEvent>): Promise<void> =>
    store.change(({ events }) => ({
      value: {
        events: events.map((one) => (one.id === id && one.status === 'RUNNING' ? { ...one, ...to } : one)),
      },
      result: undefined,
    }));

  const attempt = async (id: string): Promise<void> => {
    const found = find(id);
    if (found?.status !== 'RUNNING' || found.event === undefined) return;
    const done = await hasSucceeded(found);
    if (closed) return;
    const now = context.now();
    const attempts = found.attempts + 1;
    const { retries, ttl } = configOf(found);
    if (!done && attempts <= retries && now + retryMs < found.start + ttl * 1000) {
      await change(id, { attempts, retryAt: now + retryMs });
      begin(id, retryMs);
    } else {
      const { event: _done, retryAt: _never, ...rest } = found;
      await store.change(({ events }) => ({
        value: {
          events: trim(
            events.map((one) =>
              one.id === id && one.status === 'RUNNING'
                ? { ...rest, attempts, status: done ? 'FINISHED' : 'FAILED', end: now }
                : one,
            ),
          ),
        },
        result: undefined,
      }));
    }
  };

  const hasSucceeded = async ({ id, wanted, event }: AsyncEvent): Promise<boolean> => {
    try {
      const answer = await invocations.invoke(wanted, {
        requestId: id,
        event: JSON.parse(event!) as JsonValue,
      });
      return failureOf(answer) === undefined;
    } catch (error) {
      if (error instanceof TencentError) return false;
      throw error;
    }
  };

  /** What is gone meanwhile is not tried again. */
  const configOf = ({ wanted }: AsyncEvent): { retries: number; ttl: number } => {
    try {
      return ledger.find(wanted).asyncConfig;
    } catch {
      return { retries: 0, ttl: 0 };
    }
  };

  const begin = (id: string, afterMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      const job: Promise<void> = attempt(id)
        .catch((error: unknown) => context.onNotice(`an asynchronous event failed: ${errorMessage(error)}`))
        .finally(() => running.delete(job));
      running.add(job);
    }, afterMs);
    timer.unref();
    timers.add(timer);
  };

  return {
    all: () => store.current().events,
    add: async (wanted, type, event) => {
      const id = randomUUID();
      const added: AsyncEvent = {
        id,
        wanted,
        type,
        status: 'RUNNING',
        start: context.now(),
        event,
        attempts: 0,
      };
      await store.change(({ events }) => ({ value: { events: [...events, added] }, result: undefined }));
      begin(id, 0);
      return id;
    },
    abort: async (id) => {
      if (find(id)?.status !== 'RUNNING') return false;
      await change(id, { status: 'ABORTED', end: context.now() });
      return true;
    },
    resume: () => {
      for (const { id, status, retryAt = 0 } of store.current().events)
        if (status === 'RUNNING') begin(id, Math.max(0, retryAt - context.now()));
    },
    close: async () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await store.settled();
    },
  };
}

/** Without the oldest of those that are done. */
function trim(events: AsyncEvent[]): AsyncEvent[] {
  let surplus = events.length - KEPT;
  return events.filter(({ status }) => {
    if (surplus <= 0 || status === 'RUNNING') return true;
    surplus -= 1;
    return false;
  });
}
