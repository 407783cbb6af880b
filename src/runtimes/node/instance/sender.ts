import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

import type { JsonValue } from '../../../events/types.ts';
import { encodeFrameHead } from '../../frames.ts';
import { INSTANCE_FD, type InstanceMessage } from '../../protocol.ts';

export interface Sender {
  message(message: InstanceMessage): void;
  /** Written before it returns, for a process that is about to end. */
  messageSync(message: InstanceMessage): void;
  /** A result; its body travels outside the JSON. */
  result(id: string, result: JsonValue): void;
}

export function createSender(socket: Socket): Sender {
  const message = (value: InstanceMessage): void => void socket.write(encodeFrameHead(value, 0));
  return {
    message,
    messageSync: (value) => {
      try {
        writeSync(INSTANCE_FD, encodeFrameHead(value, 0));
      } catch {
        // The platform is gone, or its buffer is full: it will see the process end.
      }
    },
    result: (id, result) => {
      const body = bodyOf(result);
      if (body === undefined) {
        message({ type: 'result', id, result, hasBody: false });
        return;
      }
      const { body: _, ...rest } = result as { body: string };
      const bytes = Buffer.from(body, 'utf8');
      socket.cork();
      socket.write(encodeFrameHead({ type: 'result', id, result: rest, hasBody: true }, bytes.length));
      if (bytes.length > 0) socket.write(bytes);
      socket.uncork();
    },
  };
}

function bodyOf(result: JsonValue): string | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const body = result['body'];
  return typeof body === 'string' ? body : undefined;
}
