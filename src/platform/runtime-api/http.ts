import type { IncomingMessage, ServerResponse } from 'node:http';

import type { JsonValue } from '../../events/types.ts';

/** Reads a body of at most so many bytes; the rest is let go: undefined. Rejects when the sender breaks off. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= most) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= most ? Buffer.concat(chunks) : undefined;
}

export function sendJson(response: ServerResponse, status: number, value: JsonValue): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** What a runtime has answered: JSON, else the text itself, as callers see it. */
export function valueOf(body: Buffer): JsonValue {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
