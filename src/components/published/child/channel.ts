import { Socket } from 'node:net';

import { readLines, writeLine } from '../json-lines.ts';
import type { Answer, FromChild, Question, StartMessage, ToChild } from '../messages.ts';

/** The child's end of the conversation with its parent, on file descriptor 3. */
export interface Channel {
  /** The first message. */
  started: Promise<StartMessage>;
  /** Rejects with the parent's words; the error carries the parent's number of it (`failureNumber`). */
  ask(about: Question): Promise<unknown>;
  tell(message: FromChild): void;
  /** Resolves when everything that was told is on its way. */
  flush(): Promise<void>;
}

const FAILURE = Symbol('number of the parent’s own error');

export function openChannel(): Channel {
  const socket = new Socket({ fd: 3, readable: true, writable: true });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let start: (message: StartMessage) => void;
  const started = new Promise<StartMessage>((resolve) => {
    start = resolve;
  });

  function settle(answer: Answer): void {
    const one = waiting.get(answer.question)!;
    waiting.delete(answer.question);
    // Only an answer that is awaited keeps this process alive.
    if (waiting.size === 0) socket.unref();
    if ('error' in answer) one.reject(parentError(answer.error));
    else one.resolve(answer.value);
  }

  socket.setEncoding('utf8');
  socket.on(
    'data',
    readLines((value) => {
      const message = value as ToChild;
      if (message.type === 'answer') return settle(message);
      socket.unref();
      start(message);
    }),
  );
  // The parent is gone, and so is whoever would want the result.
  socket.on('close', endGroup);
  socket.on('error', () => undefined);

  return {
    started,
    ask(about) {
      asked += 1;
      const question = asked;
      socket.ref();
      return new Promise((resolve, reject) => {
        waiting.set(question, { resolve, reject });
        socket.write(writeLine({ type: 'question', question, about } satisfies FromChild));
      });
    },
    tell(message) {
      socket.write(writeLine(message));
    },
    flush: () => new Promise((resolve) => void socket.write('', () => resolve())),
  };
}

/** The number of the parent's own error that this one stands for. */
export function failureNumber(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return (error as { [FAILURE]?: number })[FAILURE];
}

function parentError({ message, failure }: { message: string; failure: number }): Error {
  return Object.assign(new Error(message), { [FAILURE]: failure });
}

function endGroup(): void {
  if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  process.exit(1);
}
