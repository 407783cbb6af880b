import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { askInterpreter, interpreterFor } from '../../packaging/python/interpreter.ts';
import type { Package, Target } from '../../packaging/types.ts';
import { listZip, unpackZip } from '../../packaging/unpack.ts';
import { InvocationError } from '../../platform/errors.ts';
import { invokeWithEvent, type RunningFunction, runFunction } from '../../platform/function.ts';
import type { FunctionSpec } from '../../platform/types.ts';
import { functionSpec } from '../../platform/deployments/packaged.ts';
import type { Entry } from '../../runtimes/entry.ts';
import type { AppError } from '../../runtimes/protocol.ts';

/** A package that has started and answered. */
export interface Booted {
  /** Milliseconds to load the app. */
  initMs: number;
  /** Of the answer to `GET /`; absent for a bare handler, which may expect another event. */
  status?: number;
}

const SHOWN_LINES = 20;
const SHOWN_BODY = 500;

/**
 * Starts a package as a function would be: unpacked into a folder of its own, with the packages that it brings and no
 * others. `spec` says how (environment, limits, interpreter); its entry is that of the package. Throws BOOT_FAILED.
 */
export async function bootCheck(packed: Package, spec: FunctionSpec): Promise<Booted> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-boot-')));
  const lines: string[] = [];
  let fn: RunningFunction | undefined;
  try {
    const zips = [packed.code, ...(packed.layer === undefined ? [] : [packed.layer])];
    for (const { file, digest } of zips) await unpackZip(file, join(folder, digest));
    fn = runFunction({
      spec: bootSpec(packed, spec, folder),
      onLine: (_instance, _stream, line) => lines.push(line),
      onNotice: () => undefined,
    });
    return await start(fn, packed.entry, lines);
  } finally {
    await fn?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why a package cannot be started on this machine; undefined when it can. */
export async function whyNotHere(
  { code, layer, entry }: Package,
  target: Target,
  interpreter: string | undefined,
): Promise<string | undefined> {
  if (interpreter !== undefined && interpreterFor(target, askInterpreter(interpreter)) === undefined)
    return `it needs Python ${target.python}, which is not on this machine`;
  if (target.platform === process.platform && target.arch === process.arch) return undefined;
  const lists = await Promise.all(
    [code, ...(layer === undefined ? [] : [layer])].map(({ file }) => listZip(file)),
  );
  const native = lists.flat().find(({ path }) => /\.(?:node|so|pyd|dylib)(?:\.[\d.]+)?$/.test(path));
  if (native === undefined && entry.runtime !== 'command') return undefined;
  return `it is for ${target.platform} ${target.arch}, and this machine is another`;
}

/** As `ropeway serve` would run it, from where it has been unpacked; one instance that loads the app. */
function bootSpec(
  { code, layer, entry }: Package,
  { name, ...spec }: FunctionSpec,
  folder: string,
): FunctionSpec {
  const layers = layer === undefined ? [] : [layer.digest];
  const packaged = {
    ...spec,
    entry,
    sourceRoot: join(folder, code.digest),
    package: { code: code.digest, layers },
  };
  return {
    ...functionSpec(name, packaged, { folder: (digest) => join(folder, digest) }),
    limits: { ...spec.limits, instances: 1, minInstances: 0 },
    stream: false,
    cold: 'fresh',
    spares: 0,
    warmup: [],
  };
}

async function start(fn: RunningFunction, entry: Entry, lines: string[]): Promise<Booted> {
  const ready = await fn.prestart().catch((error: unknown) => {
    throw bootFailed('does not start', errorMessage(error), appError(error), lines);
  });
  const { initMs } = ready;
  if (entry.runtime !== 'command' && entry.interface === 'handler') return { initMs };
  const answer = await request(fn).catch((error: unknown) => {
    throw bootFailed('starts, but does not answer GET /', errorMessage(error), appError(error), lines);
  });
  if (answer.status < 500) return { initMs, status: answer.status };
  const said = answer.error === undefined ? answer.text.slice(0, SHOWN_BODY) : answer.error.message;
  throw bootFailed(`starts, but answers GET / with ${answer.status}`, said, answer.error, lines);
}

interface Answer {
  status: number;
  text: string;
  error: AppError | undefined;
}

async function request(fn: RunningFunction): Promise<Answer> {
  const spec = fn.spec();
  const lease = await fn.acquire();
  const { instance } = lease;
  try {
    if (instance.kind === 'web') {
      const response = await fetch(`http://127.0.0.1:${instance.port}/`, {
        redirect: 'manual',
        signal: AbortSignal.timeout(spec.limits.timeout * 1000),
      });
      return { status: response.status, text: await response.text(), error: undefined };
    }
    const { response, error } = await invokeWithEvent(instance, spec, 1, {
      method: 'GET',
      path: '/',
      query: '',
      headers: [
        ['Host', 'localhost'],
        ['User-Agent', 'ropeway'],
        ['Accept', '*/*'],
      ],
      body: new Uint8Array(),
      scheme: 'https',
      remoteAddress: '127.0.0.1',
      stage: '',
      requestId: 'boot-check',
      time: Date.now(),
    });
    return { status: response.status, text: Buffer.from(response.body).toString('utf8'), error };
  } finally {
    lease.release();
  }
}

function appError(error: unknown): AppError | undefined {
  return error instanceof InvocationError ? error.app : undefined;
}

function bootFailed(how: string, why: string, app: AppError | undefined, lines: string[]): RopewayError {
  const traceback = app?.traceback.trimEnd() ?? '';
  const detail = [why, traceback === '' ? lines.slice(-SHOWN_LINES).join('\n') : traceback];
  return new RopewayError({
    code: 'BOOT_FAILED',
    message: `The package ${how}.`,
    detail: detail.filter((part) => part !== '').join('\n'),
    fix:
      app?.missing === undefined
        ? 'mend what the app says; variables that it needs go with --env or --env-file, files that a rule leaves out with --include'
        : `name ${app.missing} among the app's requirements, or take the file in with --include`,
  });
}
