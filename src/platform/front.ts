import type { AccessLog } from './access-log.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { type HandlerOptions, requestHandler } from './gateway/handle.ts';
import type { Router } from './gateway/target.ts';
import { upgradeHandler } from './gateway/upgrade.ts';
import type { Journal } from './journal.ts';

export interface FrontOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Milliseconds for a request's headers to arrive; default 10,000. */
  headersTimeout?: number;
  /** Where requests go. */
  route: Router;
  /** False as long as functions are still to come; default true. */
  complete?(): boolean;
  /** For the developer's own machine: show what the app raised in error answers, honour the control headers. */
  isForDevelopment: boolean;
  journal: Journal;
  accessLog?: AccessLog | undefined;
}

/** The gateway of a platform. Rejects with PORT_TAKEN or LISTEN_FAILED. */
export function startFront(options: FrontOptions): Promise<Gateway> {
  const { host, port, route, isForDevelopment, journal, accessLog, headersTimeout } = options;
  const handlerOptions: HandlerOptions = {
    route,
    ...(options.complete === undefined ? {} : { complete: options.complete }),
    isForDevelopment,
    onStart: journal.onStart,
    onRecord: (record, incoming) => {
      accessLog?.write(record, incoming);
      journal.onRecord(record);
    },
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
