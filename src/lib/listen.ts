import type { Server } from 'node:http';

import { RopewayError, systemCode } from './errors.ts';

/** How the command line says where to listen. */
export interface ListenOptions {
  /** `--host or --port` */
  names: string;
  /** What chooses this port. */
  forPort(port: number): string;
}

/** Listens on an address. Rejects with PORT_TAKEN or LISTEN_FAILED, which name the options that mend it. */
export function listen(server: Server, host: string, port: number, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port, options)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function listenError(error: Error, host: string, port: number, options: ListenOptions): RopewayError {
  if (systemCode(error) === 'EADDRINUSE') {
    return new RopewayError({
      code: 'PORT_TAKEN',
      message: `Another program listens on ${host}:${port} already.`,
      fix: `stop it, or choose another port: ${options.forPort(port + 1)} (${options.forPort(0)} takes any free one)`,
    });
  }
  return new RopewayError({
    code: 'LISTEN_FAILED',
    message: `Cannot listen on ${host}:${port}: ${error.message}`,
    fix: `choose another ${options.names}`,
    cause: error,
  });
}
