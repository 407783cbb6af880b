import type { FunctionName, TencentContext } from '../../context.ts';
import { allFunctions, type TriggerRecord } from '../books.ts';
import type { AsyncEvents } from '../invoking/async-events.ts';
import type { Ledger } from '../ledger.ts';
import { parseCron } from './cron.ts';

/** Fires the timer triggers of all functions, at their times. */
export interface Timers {
  /** Looks which there are now. */
  sync(): void;
  close(): void;
}

interface TimersOptions {
  context: TencentContext;
  ledger: Ledger;
  asyncEvents: AsyncEvents;
}

interface Timer {
  /** What it was made of: another text is another timer. */
  made: string;
  stop(): void;
}

/** Timers that are further away are looked at again after this. */
const LONGEST_MS = 3600_000;

export function openTimers({ context, ledger, asyncEvents }: TimersOptions): Timers {
  const timers = new Map<string, Timer>();

  const start = (wanted: FunctionName, trigger: TriggerRecord): (() => void) => {
    const cron = parseCron(cronOf(trigger));
    let timeout: NodeJS.Timeout | undefined;
    const wait = (time: number | undefined): void => {
      if (time === undefined) return;
      const left = time - context.now();
      const isFar = left > LONGEST_MS;
      timeout = setTimeout(
        () => {
          // Clocks go back, and timers fire early.
          if (isFar || context.now() < time) return wait(time);
          fire(wanted, trigger, time);
          return wait(cron.next(Math.max(time, context.now())));
        },
        Math.max(0, isFar ? LONGEST_MS : left),
      );
      timeout.unref();
    };
    wait(cron.next(context.now()));
    return () => clearTimeout(timeout);
  };

  const fire = (wanted: FunctionName, { name, qualifier, argument }: TriggerRecord, time: number): void => {
    const event = {
      Type: 'Timer',
      TriggerName: name,
      Time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      Message: argument,
    };
    asyncEvents
      .add({ ...wanted, qualifier }, 'TIMER', JSON.stringify(event))
      .catch((error: unknown) =>
        context.onNotice(`the timer ${name} of ${wanted.name} failed: ${String(error)}`),
      );
  };

  return {
    sync: () => {
      const wanted = new Map<string, [FunctionName, TriggerRecord]>();
      for (const { record, ...place } of allFunctions(ledger.books()))
        for (const trigger of record.triggers)
          if (trigger.type === 'timer' && trigger.enabled)
            wanted.set([...Object.values(place), trigger.name].join('/'), [place, trigger]);
      for (const [key, timer] of timers) {
        const now = wanted.get(key);
        if (now !== undefined && JSON.stringify(now[1]) === timer.made) continue;
        timer.stop();
        timers.delete(key);
      }
      for (const [key, [place, trigger]] of wanted)
        if (!timers.has(key)) timers.set(key, { made: JSON.stringify(trigger), stop: start(place, trigger) });
    },
    close: () => {
      for (const timer of timers.values()) timer.stop();
      timers.clear();
    },
  };
}

function cronOf({ description }: TriggerRecord): string {
  return typeof description === 'string' ? description : String(description['cron']);
}
