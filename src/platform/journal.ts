import type { HandlerOptions } from './gateway/handle.ts';
import type { Instance } from './instances/instance.ts';
import { endLine, openRecordFiles, type RecordFiles, reportLine, startLine } from './records.ts';
import type { InvocationRecord, OutputLine } from './types.ts';

export interface JournalOptions {
  /** Folder for `invocations.ndjson` and `log.ndjson`. */
  folder: string;
  onRecord(record: InvocationRecord): void;
  onOutput(line: OutputLine): void;
  /** Something to tell the operator that concerns no request. */
  onNotice(message: string): void;
}

/** What is written down of requests and of what instances print. */
export interface Journal extends Pick<HandlerOptions, 'onStart'> {
  onRecord(record: InvocationRecord): void;
  onLine(
    functionName: string,
    instance: Pick<Instance, 'id' | 'requestId'>,
    stream: 'stdout' | 'stderr',
    line: string,
  ): void;
  /** Whether there is a request whose record has not been given to `onRecord` yet. */
  busy(): boolean;
  close(): Promise<void>;
}

/** Opens the record files of a folder. */
export function openJournal({ folder, onRecord, onOutput, onNotice }: JournalOptions): Journal {
  const files = openRecordFiles(
    folder,
    (error) => onNotice(`records cannot be written for now: ${error.message}`),
    { onWorking: (lost) => onNotice(`records are written again; lost meanwhile: ${lost} lines`) },
  );
  const serving = new Set<InvocationRecord>();
  const lastRequests = recentRequests();
  const lateRequest = (instance: string): string | undefined => {
    const requestId = lastRequests.of(instance);
    if (requestId === undefined) return undefined;
    // With several requests at once nobody knows whose line it is.
    const isBusy = [...serving].some((one) => one.instance === instance && one.requestId !== requestId);
    return isBusy ? undefined : requestId;
  };
  return {
    onStart: (record) => {
      serving.add(record);
      logPlatformLine(files, record, startLine(record));
    },
    onRecord: (record) => {
      lastRequests.ended(record);
      // What the app printed during the request may still be on its way through another pipe.
      setImmediate(() => {
        finishRecord(files, record);
        onRecord(record);
        serving.delete(record);
      });
    },
    onLine: (functionName, { id, requestId }, stream, line) => {
      const output: OutputLine = {
        time: new Date().toISOString(),
        function: functionName,
        instance: id,
        ...requestOf(requestId ?? lateRequest(id)),
        stream,
        line,
      };
      files.line(output);
      onOutput(output);
    },
    busy: () => serving.size > 0,
    close: () => files.close(),
  };
}

function requestOf(requestId: string | undefined): Pick<OutputLine, 'requestId'> {
  return requestId === undefined ? {} : { requestId };
}

/**
 * Milliseconds after an answer in which an instance that serves nothing prints for the request that it answered:
 * frameworks log an error once they have answered it (Express), and pipes are read later than sockets.
 */
const LATE_MS = 100;

/** Instances whose last request is remembered. */
const MAX_REMEMBERED = 1000;

/** The request that an instance has just answered. */
function recentRequests(): {
  ended(record: InvocationRecord): void;
  of(instance: string): string | undefined;
} {
  const last = new Map<string, { requestId: string; until: number }>();
  return {
    ended: ({ instance, requestId }) => {
      if (instance === undefined) return;
      // Deleted first, it moves to the end: the first one is the oldest.
      last.delete(instance);
      last.set(instance, { requestId, until: performance.now() + LATE_MS });
      if (last.size > MAX_REMEMBERED) last.delete(last.keys().next().value!);
    },
    of: (instance) => {
      const found = last.get(instance);
      return found !== undefined && performance.now() < found.until ? found.requestId : undefined;
    },
  };
}

function finishRecord(files: RecordFiles, record: InvocationRecord): void {
  if (record.instance !== undefined) {
    logPlatformLine(files, record, endLine(record));
    logPlatformLine(files, record, reportLine(record));
  }
  files.record(record);
}

function logPlatformLine(files: RecordFiles, record: InvocationRecord, line: string): void {
  files.line({
    time: new Date().toISOString(),
    function: record.function,
    instance: record.instance ?? '',
    requestId: record.requestId,
    stream: 'platform',
    line,
  });
}
