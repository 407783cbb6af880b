import { crc32 } from 'node:zlib';

// `application/vnd.amazon.eventstream`: "Amazon event stream encoding" as the SDKs read it: lengths and CRC-32 sums around headers and payload, big-endian.

/** One message. Headers are texts. */
export function eventMessage(headers: Record<string, string>, payload: Uint8Array): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => textHeader(name, value)));
  const prelude = Buffer.alloc(12);
  const total = 12 + head.length + payload.length + 4;
  prelude.writeUInt32BE(total, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const body = Buffer.concat([prelude, head, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([body, sum]);
}

/** Type 7: a text with its length in two bytes. */
function textHeader(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const between = Buffer.alloc(3);
  between.writeUInt8(7, 0);
  between.writeUInt16BE(text.length, 1);
  return Buffer.concat([Buffer.from([key.length]), key, between, text]);
}

export function payloadChunk(bytes: Uint8Array): Buffer {
  return eventMessage(
    { ':event-type': 'PayloadChunk', ':content-type': 'application/octet-stream', ':message-type': 'event' },
    bytes,
  );
}

/** The last one. */
export function invokeComplete(value: Record<string, unknown>): Buffer {
  return eventMessage(
    { ':event-type': 'InvokeComplete', ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify(value)),
  );
}
