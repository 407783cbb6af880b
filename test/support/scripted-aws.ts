import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { nameOf } from './aws-wire.ts';
import type { WireCall } from './wire.ts';

export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer | object;
}

/** A server that answers AWS's calls as a test says; `dropped`: it ends the connection instead. */
export async function scriptedAws(
  answer: (name: string, call: WireCall) => ScriptedAnswer | 'dropped',
): Promise<{ url: string; calls: string[]; close(): Promise<void> }> {
  const calls: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void buffer(incoming).then((body) => {
      const { method = 'GET', url: path = '/', headers } = incoming;
      const call = { method, path, headers, body };
      calls.push(nameOf(call));
      const said = answer(calls.at(-1)!, call);
      if (said === 'dropped') {
        outgoing.destroy();
        return;
      }
      const { status = 200, headers: more = {}, body: text = '{}' } = said;
      outgoing.writeHead(status, { 'x-amzn-requestid': 'request-1', ...more });
      outgoing.end(typeof text === 'string' || Buffer.isBuffer(text) ? text : JSON.stringify(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
