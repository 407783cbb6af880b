import { type Gateway, startGateway } from './gateway/gateway.ts';
import { type HandlerOptions, requestHandler } from './gateway/handle.ts';
import type { Router } from './gateway/target.ts';
import { upgradeHandler } from './gateway/upgrade.ts';
import type { Instance } from './instances/instance.ts';
import { endLine, openRecordFiles, type RecordFiles, reportLine, startLine } from './records.ts';
import type { InvocationRecord, OutputLine } from './types.ts';

export interface FrontOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Milliseconds for a request's headers to arrive; default 10,000. */
  headersTimeout?: number;
  /** Where requests go. */
  route: Router;
  /** Show the app's tracebacks in HTTP error answers: for the developer's machine only. */
  showErrors: boolean;
  journal: Journal;
}

export interface JournalOptions {
  /** Folder for `invocations.ndjson` and `log.ndjson`. */
  folder: string;
  onRecord(record: InvocationRecord): void;
  onOutput(line: OutputLine): void;
  /** Something to tell the operator that concerns no request. */
  onNotice(message: string): void;
}

/** What is written down of requests and of what instances print. */
export interface Journal extends Pick<HandlerOptions, 'onStart' | 'onRecord'> {
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

/** The gateway of a platform. Rejects with PORT_TAKEN or LISTEN_FAILED. */
export function startFront(options: FrontOptions): Promise<Gateway> {
  const { host, port, route, showErrors, journal, headersTimeout } = options;
  const handlerOptions: HandlerOptions = {
    route,
    showErrors,
    onStart: journal.onStart,
    onRecord: journal.onRecord,
  };
  const onRequest = requestHandler(handlerOptions);
  return startGateway({
    host,
    port,
    ...(headersTimeout === undefined ? {} : { headersTimeout }),
    onRequest,
    onUpgrade: upgradeHandler(handlerOptions, onRequest),
  });
}

export function openJournal({ folder, onRecord, onOutput, onNotice }: JournalOptions): Journal {
  const files = openRecordFiles(folder, (error) =>
    onNotice(`records are not written any more: ${error.message}`),
  );
  const serving = new Set<InvocationRecord>();
  return {
    onStart: (record) => {
      serving.add(record);
      logPlatformLine(files, record, startLine(record));
    },
    onRecord: (record) => {
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
        ...(requestId === undefined ? {} : { requestId }),
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
