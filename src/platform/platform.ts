import { startFront } from './front.ts';
import { openJournal } from './journal.ts';
import { runFunction } from './function.ts';
import { routeAll } from './gateway/target.ts';
import type { Instance, Ready } from './instances/instance.ts';
import type { FunctionSpec, InvocationRecord, OutputLine } from './types.ts';

export interface PlatformOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  spec: FunctionSpec;
  /** Folder for `invocations.ndjson` and `log.ndjson`. */
  stateFolder: string;
  /** Milliseconds for a request's headers to arrive; default 10,000. */
  headersTimeout?: number;
  /** For the developer's own machine: show what the app raised in error answers, honour the control headers. */
  isForDevelopment: boolean;
  onRecord(record: InvocationRecord): void;
  onOutput(line: OutputLine): void;
  /** Something to tell the operator that concerns no request. */
  onNotice(message: string): void;
}

export { makeStateFolder } from './records.ts';

/** Gateway, scheduler and instances of one function on this machine. */
export interface Platform {
  url: string;
  /** Loads one instance ahead, or takes this one; rejects with `InvocationError` when the app does not load. */
  prestart(instance?: Instance): Promise<Ready>;
  /** Loads the template and makes the spares, where the specification wants any; resolves when they are there. */
  prepare(): Promise<void>;
  /** From the next request on: new instances, of the new specification if one is given. */
  reload(spec?: FunctionSpec): void;
  /** Whether there is a request whose record has not been given to `onRecord` yet. */
  busy(): boolean;
  /** Stops listening, ends all instances, flushes the records. No process is left after it. */
  close(): Promise<void>;
}

/** Starts a platform with one function. Rejects with PORT_TAKEN or LISTEN_FAILED, and then nothing is left running. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { spec, stateFolder, onNotice } = options;
  const journal = openJournal({ ...options, folder: stateFolder });
  const fn = runFunction({
    spec,
    onNotice,
    onLine: (instance, stream, line) => journal.onLine(fn.spec().name, instance, stream, line),
  });
  try {
    const gateway = await startFront({ ...options, route: routeAll(fn), journal });
    return {
      url: gateway.url,
      prestart: (instance) => fn.prestart(instance),
      prepare: () => fn.prepare(),
      reload: (newSpec) => fn.reload(newSpec),
      busy: () => journal.busy(),
      close: async () => {
        await Promise.all([fn.close(), gateway.close()]);
        await journal.close();
      },
    };
  } catch (error) {
    await Promise.all([fn.close(), journal.close()]);
    throw error;
  }
}
