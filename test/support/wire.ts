import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A call as it was seen on the wire. */
export interface WireCall {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The line between a provider and a cloud, on which one can listen, answer instead of the cloud, and cut. */
export interface Wire {
  /** Where it listens: a URL, or the path of a socket. */
  url: string;
  /** Names of all calls so far. */
  calls: string[];
  /**
   * The nth call from now (the next is 1) gets no answer, `after` or `before` it reached the cloud, and none after it, until `heal`. Only calls whose names
   * `counts` are counted.
   */
  cut(nth: number, when: 'before' | 'after', onCut: () => void, counts?: (name: string) => boolean): void;
  /** So many of the calls whose name matches are answered with this error instead, until `heal`. */
  refuse(name: RegExp, times: number, error: { status: number; code: string; message: string }): void;
  /** The answers to so many of the calls whose name matches are lost on the way, until `heal`. */
  lose(name: RegExp, times: number): void;
  heal(): void;
  close(): Promise<void>;
}

export interface WireOptions {
  /** Where the cloud is: `http://127.0.0.1:5000`, or the path of a socket. */
  upstream(call: WireCall): string;
  /** Path of the socket to listen at; absent: a free port. */
  socket?: string;
  /** What a call is known by in tests. */
  nameOf(call: WireCall): string;
  /** Is done before a call of this name goes on: puts right what stands in for the cloud. */
  before?(name: string): Promise<void>;
  /** An error as the service that is called writes it. */
  failure(
    call: WireCall,
    error: { status: number; code: string; message: string },
  ): { status: number; headers: Record<string, string>; body: string };
}

interface Rule {
  name: RegExp;
  left: number;
  error?: { status: number; code: string; message: string };
}

export async function startWire({ upstream, socket, nameOf, failure, before }: WireOptions): Promise<Wire> {
  const calls: string[] = [];
  let rules: Rule[] = [];
  let cut:
    | { left: number; when: 'before' | 'after'; onCut: () => void; counts: (name: string) => boolean }
    | undefined;

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const call: WireCall = { method, path, headers, body: await buffer(incoming) };
    const name = nameOf(call);
    calls.push(name);
    const rule = rules.find((one) => one.left > 0 && one.name.test(name));
    if (rule !== undefined) rule.left -= 1;
    if (rule?.error !== undefined) {
      const { status, headers: more, body } = failure(call, rule.error);
      outgoing.writeHead(status, more).end(body);
      return;
    }
    if (cut !== undefined && (cut.left <= 0 || cut.counts(name))) {
      cut.left -= 1;
      const isNow = cut.left === 0;
      const { when, onCut } = cut;
      if (isNow && when === 'after') await (await forward(call, name)).done;
      if (isNow) onCut();
      if (cut.left <= 0) {
        outgoing.destroy();
        return;
      }
    }
    const { response, done } = await forward(call, name);
    if (rule !== undefined) {
      await done;
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(response.statusCode!, response.rawHeaders);
    outgoing.end(await done);
  };
  const forward = async (
    call: WireCall,
    name: string,
  ): Promise<{ response: IncomingMessage; done: Promise<Buffer> }> => {
    const { method, path, headers, body } = call;
    await before?.(name);
    return new Promise((resolve, reject) => {
      // The host stays what it was: it is signed.
      const passed = { ...headers, 'content-length': String(body.length) };
      for (const name of ['transfer-encoding', 'expect', 'connection'])
        delete (passed as Record<string, unknown>)[name];
      const at = upstream(call);
      const onward = request(
        {
          ...(at.startsWith('/')
            ? { socketPath: at }
            : { host: new URL(at).hostname, port: new URL(at).port }),
          path,
          method,
          headers: passed,
        },
        (response) => resolve({ response, done: buffer(response) }),
      );
      onward.once('error', reject);
      onward.end(body);
    });
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve) =>
    socket === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socket, resolve),
  );
  return {
    url: socket ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    cut: (left, when, onCut, counts = () => true) => {
      cut = { left, when, onCut, counts };
    },
    refuse: (name, times, error) => void rules.push({ name, left: times, error }),
    lose: (name, times) => void rules.push({ name, left: times }),
    heal: () => {
      rules = [];
      cut = undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
