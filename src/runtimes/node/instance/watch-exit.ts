import { describeThrown } from './app-error.ts';
import type { Sender } from './sender.ts';

/**
 * Tells the platform when the app ends its own process: by `process.exit`, or by an exception that
 * nobody catches. Returns the real exit for our own use.
 */
export function watchExit(send: Sender): (code: number) => never {
  const realExit = process.exit.bind(process);
  process.exit = (code) => {
    const error = new Error(`the app called process.exit(${code ?? process.exitCode ?? 0})`);
    error.name = 'ProcessExit';
    send.messageSync({ type: 'exit', id: null, error: describeThrown(error) });
    return realExit(code);
  };
  process.on('uncaughtExceptionMonitor', (thrown, origin) => {
    // With a handler of its own the app lives on.
    if (process.listenerCount('uncaughtException') > 0) return;
    const error = describeThrown(thrown);
    const what = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
    send.messageSync({ type: 'exit', id: null, error: { ...error, message: `${what}: ${error.message}` } });
  });
  return realExit;
}
