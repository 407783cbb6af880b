import { createReadStream, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { RopewayError, systemCode } from '../../lib/errors.ts';

/** A client of the control API of `ropeway serve`. */
export interface ControlClient {
  /** Rejects with the error that the platform tells; PLATFORM_GONE when there is none. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
  /** The same, undefined for 404. */
  find<T>(path: string): Promise<T | undefined>;
  /** A file as the body. */
  upload(path: string, file: string): Promise<void>;
}

/** `socket`: path of the control socket. */
export function controlClient(socket: string, signal?: AbortSignal): ControlClient {
  const send = async (
    method: string,
    path: string,
    body: Body,
  ): Promise<{ status: number; value: unknown }> => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request(
        {
          socketPath: socket,
          method,
          path,
          headers: { host: 'localhost', ...body.headers },
          ...(signal === undefined ? {} : { signal }),
        },
        resolve,
      );
      call.once('error', (error) => reject(signal?.aborted === true ? error : gone(error)));
      // An answer that comes before the body is whole is an answer all the same.
      body.write(call).catch(() => undefined);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    return { status: answer.statusCode!, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  };
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { status, value } = await send(method, path, jsonBody(body));
    if (status >= 400) throw toldError(value);
    return value as T;
  };
  return {
    call,
    find: async <T>(path: string) => {
      const { status, value } = await send('GET', path, jsonBody(undefined));
      if (status === 404) return undefined;
      if (status >= 400) throw toldError(value);
      return value as T;
    },
    upload: async (path, file) => {
      const { status, value } = await send('PUT', path, {
        headers: { 'content-type': 'application/zip', 'content-length': String(statSync(file).size) },
        write: (stream) => pipeline(createReadStream(file), stream),
      });
      if (status >= 400) throw toldError(value);
    },
  };
}

interface Body {
  headers: Record<string, string>;
  write(call: NodeJS.WritableStream): Promise<void>;
}

function jsonBody(value: object | undefined): Body {
  const text = value === undefined ? undefined : JSON.stringify(value);
  return {
    headers:
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) },
    write: async (call) => {
      if (text === undefined) call.end();
      else call.end(text);
      await Promise.resolve();
    },
  };
}

interface Told {
  error?: {
    code?: string;
    message?: string;
    expected?: string;
    got?: string;
    fix?: string;
    detail?: string;
    app?: { type: string; message: string; traceback: string };
  };
}

/** What the platform says is wrong, in its own words; an app's traceback is the detail. */
function toldError(value: unknown): RopewayError {
  const {
    code = 'PLATFORM',
    message = 'The platform failed.',
    app,
    detail,
    ...more
  } = (value as Told).error ?? {};
  const traceback = app?.traceback ?? '';
  return new RopewayError({
    code,
    message: app === undefined ? message : `The app does not load: ${message}`,
    ...more,
    ...(traceback === '' ? (detail === undefined ? {} : { detail }) : { detail: traceback.trimEnd() }),
  });
}

function gone(cause: Error): RopewayError {
  return new RopewayError({
    code: 'PLATFORM_GONE',
    fault: 'system',
    message: 'The platform (`ropeway serve`) does not answer.',
    got: systemCode(cause) ?? cause.message,
    fix: 'run the command again: it starts a platform when none is there',
    cause,
  });
}
