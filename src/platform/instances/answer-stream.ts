import { Readable } from 'node:stream';

import { writeFrame } from '../../runtimes/frames.ts';
import { deferred } from '../deferred.ts';
import type { AnswerBody } from './instance.ts';
import type { InstanceProcess } from './process.ts';

/** The body of one answer as its parts come from the instance. */
export interface AnswerStream extends AnswerBody {
  push(bytes: Buffer): void;
  end(): void;
  fail(error: Error): void;
}

/**
 * `onEnd` is called once, when the instance has said its last word on this call. When the reader goes away
 * earlier, the instance is told so. A slow reader holds the instance back.
 */
export function answerStream(child: InstanceProcess, id: string, onEnd: () => void): AnswerStream {
  let ended = false;
  const done = deferred<void>();
  const finish = (): void => {
    ended = true;
    child.socket.resume();
    onEnd();
    done.resolve();
  };
  const body = new Readable({
    read: () => void child.socket.resume(),
    destroy(error, destroyed) {
      if (!ended) writeFrame(child.socket, { type: 'cancel', id });
      child.socket.resume();
      destroyed(error);
    },
  });
  // It can fail before whoever reads it has begun to: `start` and `end` may come in one piece. They see it then.
  body.on('error', () => undefined);
  return {
    body,
    done: done.promise,
    push: (bytes) => {
      if (!body.destroyed && !body.push(bytes)) child.socket.pause();
    },
    end: () => {
      finish();
      body.push(null);
    },
    fail: (error) => {
      finish();
      body.destroy(error);
    },
  };
}
