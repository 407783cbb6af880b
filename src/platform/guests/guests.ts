import { createHash } from 'node:crypto';

import { InvocationError } from '../errors.ts';
import { startFront } from '../front.ts';
import { type RunningFunction, runFunction } from '../function.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Router, Target } from '../gateway/target.ts';
import type { Journal } from '../journal.ts';
import { openPackages, type Packages } from '../packages/packages.ts';
import { queryLines } from '../record-files/query-lines.ts';
import { isPreflight } from '../routing/cors.ts';
import type { Capacity } from '../scheduler/capacity.ts';
import { DEFAULT_LIMITS } from '../types.ts';
import { createCalls } from './calls.ts';
import { functionSpecOf } from './function-spec.ts';
import type { GuestListenOptions, GuestRoute, Guests, Refused, RunningGuest } from './types.ts';

export interface GuestOptions {
  /** Absolute folder for their packages. */
  folder: string;
  /** Address to listen on. */
  host: string;
  journal: Journal;
  /** Where the journal writes. */
  recordsFolder: string;
  /** What they share with the machine's other functions. */
  capacity: Capacity;
  onNotice(message: string): void;
}

export interface OpenGuests extends Guests {
  /** Those that can be called now. */
  running(): RunningFunction[];
}

/** Opens a place for functions of which somebody else keeps the books. */
export function openGuests({
  folder,
  host,
  journal,
  recordsFolder,
  capacity,
  onNotice,
}: GuestOptions): OpenGuests {
  let kept: () => Iterable<string> = () => [];
  let opened: Packages | undefined;
  /** Not before it is known which are kept. */
  const packages = (): Packages =>
    (opened ??= openPackages({ folder, deployed: () => new Set(kept()), onNotice }));
  const running = new Map<RunningGuest, RunningFunction>();
  const gateways = new Set<Gateway>();
  const told = new Set<string>();
  const calls = createCalls(journal);
  const noteOnce = (note: string | undefined): void => {
    if (note === undefined || told.has(note)) return;
    told.add(note);
    onNotice(note);
  };

  const targetOf = (routed: GuestRoute, incoming: Parameters<Router>[0]): Target => {
    const { code, route, stage, cors, eventFormat, finishEvent, finishResult, stream, requestBytes } = routed;
    const { name } = code.spec;
    return {
      function: name,
      route,
      stage,
      ...(cors === undefined ? {} : { cors, preflight: isPreflight(incoming) }),
      eventFormat,
      ...(finishEvent === undefined ? {} : { finishEvent }),
      ...(finishResult === undefined ? {} : { finishResult }),
      stream,
      requestBytes: requestBytes ?? DEFAULT_LIMITS.requestBytes,
      pick: () => {
        const fn = running.get(code);
        if (fn !== undefined) return fn;
        throw new InvocationError('STOPPING', `${name} was changed while the request came in`);
      },
    };
  };
  const routerOf =
    ({ route }: GuestListenOptions): Router =>
    (incoming) => {
      const found = route(incoming);
      if (found === undefined) return undefined;
      return found.kind === 'refused' ? refusedTarget(found) : targetOf(found, incoming);
    };

  return {
    addPackage: async (zip) => {
      const digest = createHash('sha256').update(zip).digest('hex');
      const upload = { length: zip.length, chunks: () => chunksOf(zip) };
      const { unpackedBytes } = await packages().add(digest, upload);
      return { digest, bytes: zip.length, unpackedBytes, folder: packages().folder(digest) };
    },
    packageFolder: (digest) => (packages().has(digest) ? packages().folder(digest) : undefined),
    keepPackages: (digests) => {
      kept = digests;
      packages().sweep();
    },
    run: (spec) => {
      const { function: functionSpec, note } = functionSpecOf(spec, packages().folder);
      noteOnce(note);
      const release = packages().hold([spec.code, ...spec.layers]);
      const fn = runFunction({
        spec: functionSpec,
        version: spec.version,
        capacity,
        onNotice,
        onLine: (instance, stream, line) => {
          calls.onLine(instance, stream, line);
          journal.onLine(spec.name, instance, stream, line);
        },
      });
      fn.fill();
      const guest: RunningGuest = {
        spec,
        invoke: (call) => calls.invoke(fn, call),
        instances: () => {
          const all = fn.instances();
          return { all: all.length, ready: all.filter(({ pid, usable }) => usable && pid > 0).length };
        },
        close: async (seconds) => {
          running.delete(guest);
          await fn.drain(seconds).finally(release);
        },
      };
      running.set(guest, fn);
      return guest;
    },
    listen: async (options) => {
      const gateway = await startFront({
        host,
        port: options.port ?? 0,
        isForDevelopment: false,
        journal,
        route: routerOf(options),
      });
      gateways.add(gateway);
      return {
        port: gateway.port,
        url: gateway.url,
        close: async () => {
          gateways.delete(gateway);
          await gateway.close();
        },
      };
    },
    logs: (query) => queryLines(recordsFolder, query),
    running: () => [...running.values()],
    close: async (seconds) => {
      await Promise.all([...gateways].map((gateway) => gateway.drain(seconds)));
      await Promise.all([...running.keys()].map((guest) => guest.close(seconds)));
      await opened?.close();
    },
  };
}

function refusedTarget({ status, headers, body }: Refused): Target {
  const words = Buffer.from(body);
  return { function: '', route: '', stage: '', refusal: { status, headers, body: words } };
}

async function* chunksOf(zip: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield zip;
}
