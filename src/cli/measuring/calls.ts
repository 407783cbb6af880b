import type { Instance } from '../../platform/instances/instance.ts';
import { invokeWithEvent } from '../../platform/function.ts';
import type { FunctionSpec } from '../../platform/types.ts';
import { errorMessage } from '../../lib/errors.ts';
import { compare } from '../requests/replay.ts';
import { asHttpRequest, type RepeatableRequest } from './requests.ts';

/** One request to one instance. */
export interface Called {
  /** From the event until the answer is there whole, in ms. */
  ms: number;
  bytes: number;
  /** Absent when no answer came. */
  status?: number;
  /** What was not as expected. */
  failed?: string;
}

let count = 0;

/** Sends a request to an instance, past gateway and scheduler. Never rejects. */
export async function callInstance(
  instance: Instance,
  spec: FunctionSpec,
  request: RepeatableRequest,
): Promise<Called> {
  count += 1;
  const started = performance.now();
  try {
    const answer = await (instance.kind === 'web'
      ? askServer(instance, spec, request)
      : askWithEvent(instance, spec, request));
    const ms = performance.now() - started;
    const problems = compare(request.expect, answer);
    return {
      ms,
      bytes: answer.bytes,
      status: answer.status,
      ...(problems.length === 0 ? {} : { failed: answer.error ?? problems.join('; ') }),
    };
  } catch (error) {
    return { ms: performance.now() - started, bytes: 0, failed: errorMessage(error) };
  }
}

interface Answered {
  status: number;
  headers: [string, string][];
  bytes: number;
  error?: string;
}

async function askWithEvent(
  instance: Instance,
  spec: FunctionSpec,
  request: RepeatableRequest,
): Promise<Answered> {
  const { response, error } = await invokeWithEvent(
    instance,
    spec,
    1,
    asHttpRequest(request, `measured-${count}`),
    { stream: false },
  );
  return {
    status: response.status,
    headers: response.headers,
    bytes: response.body.length,
    ...(error === undefined ? {} : { error: `${error.type}: ${error.message}` }),
  };
}

async function askServer(
  { port }: Instance,
  spec: FunctionSpec,
  { method, path, headers, body }: RepeatableRequest,
): Promise<Answered> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: headers.filter(([name]) => !/^(?:host|content-length|connection)$/i.test(name)),
    redirect: 'manual',
    signal: AbortSignal.timeout(spec.limits.timeout * 1000),
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  const bytes = (await answer.arrayBuffer()).byteLength;
  return { status: answer.status, headers: [...answer.headers], bytes };
}
