import { Writable } from 'node:stream';

import type { JsonObject } from '../../../events/types.ts';
import type { Sender } from './sender.ts';

/** The body of one answer on its way to the platform, part by part. Destroying it tells that the app failed. */
export function answerStream(send: Sender, id: string, head: JsonObject, plain = false): Writable {
  send.message({ type: 'start', id, result: head, ...(plain ? { plain } : {}) });
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (send.bytes({ type: 'chunk', id }, chunk)) done();
      else send.onDrain(done);
    },
    final(done) {
      send.message({ type: 'end', id });
      done();
    },
  });
}
