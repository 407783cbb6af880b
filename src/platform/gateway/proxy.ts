import { Agent, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';

import type { Headers } from '../../events/types.ts';
import { InvocationError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { FunctionSpec } from '../types.ts';
import { dropHopByHop } from './headers.ts';

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/**
 * Passes a request on to a web function and streams its answer back; resolves with status and body
 * bytes. `ownHeaders` turns the app's headers into the gateway's. Rejects with an `InvocationError` as long as nothing has been sent to the client.
 */
export function proxyRequest(
  instance: Instance,
  spec: FunctionSpec,
  incoming: IncomingMessage,
  path: string,
  body: Buffer,
  response: ServerResponse,
  ownHeaders: (headers: Headers) => Headers,
): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const headers = dropHopByHop(pairs(incoming.rawHeaders));
    if (body.length > 0 || incoming.headers['content-length'] !== undefined) {
      headers.push(['Content-Length', String(body.length)]);
    }
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: instance.port,
      method: incoming.method!,
      path,
      headers: headers.flat(),
      setHost: false,
      agent,
    });
    const timer = setTimeout(() => {
      const message = `the function did not answer within ${spec.limits.timeout} s`;
      const error = new InvocationError('FUNCTION_TIMEOUT', message);
      instance.fail(error);
      outgoing.destroy(error);
    }, spec.limits.timeout * 1000);
    outgoing.once('error', (error) => {
      clearTimeout(timer);
      reject(
        error instanceof InvocationError
          ? error
          : new InvocationError('FUNCTION_EXITED', `the web function broke the connection: ${error.message}`),
      );
    });
    outgoing.once('response', (answer) => {
      let bytes = 0;
      response.writeHead(
        answer.statusCode!,
        answer.statusMessage,
        ownHeaders(dropHopByHop(pairs(answer.rawHeaders), true)).flat(),
      );
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.pipe(response);
      answer.once('close', () => {
        clearTimeout(timer);
        if (!answer.complete) response.destroy();
        resolve({ status: answer.statusCode!, bytes });
      });
    });
    response.once('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    outgoing.end(body);
  });
}

function pairs(raw: string[]): Headers {
  const result: Headers = [];
  for (let index = 0; index < raw.length; index += 2) result.push([raw[index]!, raw[index + 1]!]);
  return result;
}
