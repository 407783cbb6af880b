import http, { type ClientRequest, type OutgoingHttpHeaders, type RequestOptions } from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';

import type { HostRedirect } from '../messages.ts';
import { answeringSocket } from './answering.ts';
import { hostName, type Treatment, treatmentOf } from './hosts.ts';
import { overHttpOnly, refusal } from './refusal.ts';

export interface Traffic {
  /** Requests that have not been answered yet. */
  open(): number;
}

type Scheme = 'http:' | 'https:';
type Callback = (response: http.IncomingMessage) => void;
type Request = (options: RequestOptions, callback?: Callback) => ClientRequest;

/**
 * Decides on every HTTP request of this process from now on, whichever library makes it: all of them come down to
 * `http.request` and `https.request`. To be called before any of them is loaded.
 */
export function watchRequests(
  redirects: HostRedirect[] | undefined,
  onReport: (text: string) => void,
): Traffic {
  const native = { 'http:': http.request, 'https:': https.request } as Record<Scheme, Request>;
  const open = new Set<ClientRequest>();

  function request(scheme: Scheme, args: unknown[]): ClientRequest {
    const { options, callback } = readArguments(args);
    const { meant, treatment } = treat(options, redirects);
    if (treatment.kind === 'answer') onReport(`${treatment.why} (${addressOf(meant)})`);
    const made = send(treatment, (meant.protocol ?? scheme) as Scheme, meant, native, callback);
    open.add(made);
    made.once('close', () => open.delete(made));
    return made;
  }

  for (const [module, scheme] of [
    [http, 'http:'],
    [https, 'https:'],
  ] as const) {
    module.request = (...args: unknown[]) => request(scheme, args);
    module.get = (...args: unknown[]) => {
      const made = request(scheme, args);
      made.end();
      return made;
    };
  }
  return { open: () => open.size };
}

interface Treated {
  /** The request; as it would be without a proxy, when it does not go where it wants to. */
  meant: RequestOptions;
  treatment: Treatment;
}

/** Requests through a proxy name the host that they are for in their path. */
function treat(options: RequestOptions, redirects: HostRedirect[] | undefined): Treated {
  const behind = behindProxy(options);
  if (behind !== undefined) {
    const treatment = treatmentOf(addressOf(behind), behind.path ?? '/', redirects);
    if (treatment.kind !== 'direct') return { meant: behind, treatment: tunnelled(behind, treatment) };
  }
  if (options.socketPath) return { meant: options, treatment: { kind: 'direct' } };
  return { meant: options, treatment: treatmentOf(addressOf(options), options.path ?? '/', redirects) };
}

function behindProxy(options: RequestOptions): RequestOptions | undefined {
  const path = options.path ?? '/';
  if (options.method?.toUpperCase() === 'CONNECT') return { ...options, hostname: path, path: '/' };
  if (!/^https?:\/\//i.test(path) || !URL.canParse(path)) return undefined;
  const { protocol, hostname, port, path: wanted } = urlToHttpOptions(new URL(path));
  return { ...options, protocol, hostname, port, path: wanted };
}

/** Nothing answers in a tunnel. */
function tunnelled(options: RequestOptions, treatment: Treatment): Treatment {
  if (options.method?.toUpperCase() !== 'CONNECT' || treatment.kind === 'refuse') return treatment;
  return { kind: 'refuse', message: overHttpOnly(hostName(addressOf(options))) };
}

function addressOf(options: RequestOptions): string {
  return options.hostname ?? options.host ?? 'localhost';
}

function send(
  treatment: Treatment,
  scheme: Scheme,
  options: RequestOptions,
  native: Record<Scheme, Request>,
  callback: Callback | undefined,
): ClientRequest {
  if (treatment.kind === 'direct') return native[scheme](options, callback);
  const elsewhere = { ...withoutConnection(options), headers: withHost(options, scheme) };
  const made =
    treatment.kind === 'redirect'
      ? sendTo(new URL(treatment.url), elsewhere, native, callback)
      : native['http:']({ ...elsewhere, createConnection: connectionFor(treatment) }, callback);
  // Some clients look whether the certificate was good.
  if (scheme === 'https:') made.once('socket', (socket) => Object.assign(socket, { authorized: true }));
  return made;
}

function sendTo(
  url: URL,
  options: RequestOptions,
  native: Record<Scheme, Request>,
  callback: Callback | undefined,
): ClientRequest {
  const { protocol, hostname, port } = urlToHttpOptions(url);
  const path = `${url.pathname.replace(/\/$/, '')}${options.path ?? '/'}`;
  return native[protocol as Scheme]({ ...options, protocol, hostname, port, path, agent: false }, callback);
}

type Connect = NonNullable<RequestOptions['createConnection']>;

function connectionFor(treatment: Exclude<Treatment, { kind: 'direct' | 'redirect' }>): Connect {
  if (treatment.kind === 'answer') return () => answeringSocket(treatment.body);
  return (_options, onMade) => {
    process.nextTick(onMade, refusal(treatment.message));
    return undefined;
  };
}

/** Without what says where to connect to and how. */
function withoutConnection(options: RequestOptions): RequestOptions {
  const rest = { ...options } as Record<string, unknown>;
  for (const name of CONNECTION) delete rest[name];
  return rest;
}

const CONNECTION =
  'protocol host hostname port defaultPort agent _defaultAgent createConnection lookup family localAddress localPort socketPath'.split(
    ' ',
  );

/** The headers with the `Host` that the request would have had: signatures cover it. */
function withHost(options: RequestOptions, scheme: Scheme): RequestOptions['headers'] {
  const { headers, port } = options;
  // A list is sent as it is.
  if (Array.isArray(headers)) return headers;
  const named = headers as OutgoingHttpHeaders | undefined;
  if (Object.keys(named ?? {}).some((name) => name.toLowerCase() === 'host')) return named;
  const name = hostName(addressOf(options));
  const host = name.includes(':') ? `[${name}]` : name;
  const isUsual = !port || Number(port) === (scheme === 'https:' ? 443 : 80);
  return { Host: isUsual ? host : `${host}:${port}`, ...named };
}

/** `(url, options?, callback?)` or `(options, callback?)`, as `http.request` takes them. */
function readArguments(args: unknown[]): { options: RequestOptions; callback: Callback | undefined } {
  const callback = args.find((one): one is Callback => typeof one === 'function');
  const [first, second] = args;
  const more = typeof second === 'object' && second !== null ? second : {};
  if (typeof first === 'string' || first instanceof URL) {
    return { options: { ...urlToHttpOptions(new URL(first)), ...more }, callback };
  }
  return { options: { ...(first as RequestOptions) }, callback };
}
