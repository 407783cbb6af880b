import { writeFrame } from '../../runtimes/frames.ts';
import type { SocketMessage, SocketReply } from '../../runtimes/protocol.ts';
import type { EventCall, InstanceSocket, SocketListener } from './instance.ts';
import type { InstanceProcess } from './process.ts';

/** The WebSocket connections of one instance. */
export interface InstanceSockets {
  connect(call: EventCall, listener: SocketListener): InstanceSocket;
  receive(message: SocketReply, bytes: Buffer): void;
  count(): number;
  /** The instance is gone. */
  end(): void;
}

export function instanceSockets(child: InstanceProcess): InstanceSockets {
  const listeners = new Map<string, SocketListener>();
  const write = (message: SocketMessage, bytes?: Uint8Array): boolean =>
    writeFrame(child.socket, message, bytes);
  return {
    connect({ requestId: id, event, context }, listener) {
      listeners.set(id, listener);
      write({ type: 'open', id, event, context });
      return {
        data: (bytes, text) => write({ type: 'data', id, text }, bytes),
        close(code, reason) {
          if (listeners.delete(id)) write({ type: 'close', id, code, reason });
        },
      };
    },
    receive(message, bytes) {
      const listener = listeners.get(message.id);
      if (message.type === 'close') listeners.delete(message.id);
      listener?.(message, bytes);
    },
    count: () => listeners.size,
    end() {
      for (const [id, listener] of listeners) {
        listener({ type: 'close', id, code: 1012, reason: 'the instance has ended' }, Buffer.alloc(0));
      }
      listeners.clear();
    },
  };
}
