import { systemCode } from '../../lib/errors.ts';

/**
 * Writes to standard output, and is done when the system has taken all of it, or when nobody reads any
 * more (`| head`), which is no error of ours.
 */
export function print(content: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null | undefined): void => {
      if (error === null || error === undefined || systemCode(error) === 'EPIPE') resolve();
      else reject(error);
    };
    // The stream reports a failed write in both ways; an event that nobody takes ends the process.
    process.stdout.once('error', settle);
    process.stdout.write(content, (error) => {
      if (error === null || error === undefined) process.stdout.off('error', settle);
      settle(error);
    });
  });
}
