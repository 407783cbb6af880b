import type { Instance, Ready } from './instances/instance.ts';
import { type RunningFunction, runFunction } from './function.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway/gateway.ts';
import { type HandlerOptions, requestHandler } from './gateway/handle.ts';
import { upgradeHandler } from './gateway/upgrade.ts';
import { endLine, openRecordFiles, type RecordFiles, reportLine, startLine } from './records.ts';
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
  /** Show the app's tracebacks in HTTP error answers: for the developer's machine only. */
  showErrors: boolean;
  onRecord(record: InvocationRecord): void;
  onOutput(line: OutputLine): void;
  /** Something to tell the operator that concerns no request. */
  onNotice(message: string): void;
}

export { makeStateFolder } from './records.ts';

/** Gateway, scheduler and instances of a function on this machine. */
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

/** Starts a platform. Rejects with PORT_TAKEN or LISTEN_FAILED, and then nothing is left running. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const files = openRecordFiles(options.stateFolder, (error) =>
    options.onNotice(`records are not written any more: ${error.message}`),
  );
  const serving = new Set<InvocationRecord>();
  const fn = runFunction({
    spec: options.spec,
    onNotice: options.onNotice,
    onLine: (instance, stream, line) => {
      const output: OutputLine = {
        time: new Date().toISOString(),
        function: fn.spec().name,
        instance: instance.id,
        ...(instance.requestId === undefined ? {} : { requestId: instance.requestId }),
        stream,
        line,
      };
      files.line(output);
      options.onOutput(output);
    },
  });
  let gateway: Gateway;
  try {
    gateway = await startGateway({
      host: options.host,
      port: options.port,
      ...(options.headersTimeout === undefined ? {} : { headersTimeout: options.headersTimeout }),
      ...gatewayHandlers({
        fn,
        showErrors: options.showErrors,
        onStart: (record) => {
          serving.add(record);
          logPlatformLine(files, record, startLine(record));
        },
        onRecord: (record) => {
          // What the app printed during the request may still be on its way through another pipe.
          setImmediate(() => {
            finishRecord(files, record, options.onRecord);
            serving.delete(record);
          });
        },
      }),
    });
  } catch (error) {
    await Promise.all([fn.close(), files.close()]);
    throw error;
  }
  return {
    url: gateway.url,
    prestart: (instance) => fn.prestart(instance),
    prepare: () => fn.prepare(),
    reload: (spec) => fn.reload(spec),
    busy: () => serving.size > 0,
    close: () => closeAll(gateway, fn, files),
  };
}

function gatewayHandlers(options: HandlerOptions): Pick<GatewayOptions, 'onRequest' | 'onUpgrade'> {
  const onRequest = requestHandler(options);
  return { onRequest, onUpgrade: upgradeHandler(options, onRequest) };
}

function finishRecord(
  files: RecordFiles,
  record: InvocationRecord,
  onRecord: (record: InvocationRecord) => void,
): void {
  if (record.instance !== undefined) {
    logPlatformLine(files, record, endLine(record));
    logPlatformLine(files, record, reportLine(record));
  }
  files.record(record);
  onRecord(record);
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

async function closeAll(gateway: Gateway, fn: RunningFunction, files: RecordFiles): Promise<void> {
  await Promise.all([fn.close(), gateway.close()]);
  await files.close();
}
