import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import { encodeFrameHead, writeFrame } from '../../frames.ts';
import { INSTANCE_FD, type InstanceMessage } from '../../protocol.ts';

export interface Sender {
  message(message: InstanceMessage): void;
  /** Written before it returns, for a process that is about to end. */
  messageSync(message: InstanceMessage): void;
  /** A result; its body travels outside the JSON. */
  result(id: string, result: JsonValue): void;
  /** A message with bytes behind it. False asks to wait for `onDrain`. */
  bytes(message: InstanceMessage, body: Uint8Array): boolean;
  /** Calls back once when the platform has read what waits. */
  onDrain(listener: () => void): void;
}

export function createSender(socket: Socket): Sender {
  const message = (value: InstanceMessage): void => void writeFrame(socket, value);
  const bytes = (value: InstanceMessage, body: Uint8Array): boolean => writeFrame(socket, value, body);
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
      bytes({ type: 'result', id, result: rest as JsonObject, hasBody: true }, Buffer.from(body, 'utf8'));
    },
    bytes,
    onDrain: (listener) => void socket.once('drain', listener),
  };
}

function bodyOf(result: JsonValue): string | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const body = result['body'];
  return typeof body === 'string' ? body : undefined;
}
