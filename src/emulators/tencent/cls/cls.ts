import { randomUUID } from 'node:crypto';

import type { JsonObject } from '../../../events/types.ts';
import { isSameSecret } from '../../../lib/same-secret.ts';
import type { ApiAnswer, ApiCall } from '../../server.ts';
import type { TencentContext, TencentHttpService } from '../context.ts';
import { isSignedWith, parseSignature, validity } from '../cos/signature.ts';
import { ClsError, type Paths, pathsOf, type Told } from './paths.ts';

/**
 * The books of the log service as its first API has them (`<region>.cls.tencentcs.com`), which `tencent-component-toolkit` speaks: logsets,
 * topics, indexes, deliveries to functions. No logs are in it: those of functions are told by SCF.
 */
export function openCls(context: TencentContext): TencentHttpService {
  const store = context.openStore<Told>('cls', { logsets: [], topics: [], indexes: {}, deliveries: [] });
  const paths: Paths = pathsOf(store, { newId: randomUUID, now: () => context.now() });
  return {
    name: 'cls',
    takes: ({ headers }) => /^[a-z0-9-]+\.cls\.tencentcs\.com(?::\d+)?$/i.test(headers.host ?? ''),
    handle: async (call) => {
      const operation = `${call.method} ${call.path}`;
      const run = Object.hasOwn(paths, operation) ? paths[operation] : undefined;
      const fault = context.takeFault(operation);
      if (fault === 'dropped') return fault;
      try {
        if (typeof fault === 'object') throw new ClsError(fault.status, fault.code, fault.message);
        checkSignature(call, context);
        if (run === undefined) throw new ClsError(404, 'pathnotfound', 'This path is not emulated.');
        const result = await run(new URLSearchParams(call.query), bodyOf(call));
        return fault === 'late' ? 'dropped' : answer(200, call, result);
      } catch (error) {
        if (!(error instanceof ClsError)) throw error;
        return answer(error.status, call, { errorcode: error.code, errormessage: error.message });
      }
    },
    close: () => store.settled(),
  };
}

function answer(status: number, { requestId }: ApiCall, body: JsonObject): ApiAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-cls-requestid': requestId },
    body: JSON.stringify(body),
  };
}

function checkSignature(call: ApiCall, { keys, peers, now }: TencentContext): void {
  const signature = parseSignature(call.headers.authorization ?? '');
  if (signature === undefined) throw new ClsError(401, 'unauthorized', 'The request bears no signature.');
  const temporary = peers.temporaryKeys?.find(signature.id);
  const token = String(call.headers['x-cls-token'] ?? '');
  const isToken = temporary !== undefined && isSameSecret(token, temporary.token);
  const secret = signature.id === keys.id ? keys.secret : isToken ? temporary.secret : undefined;
  const seconds = now() / 1000;
  const { start, end } = validity(signature);
  if (secret === undefined) throw new ClsError(401, 'unauthorized', 'There is no such key.');
  if (seconds > end || start > seconds + SKEW_SECONDS) {
    throw new ClsError(401, 'unauthorized', 'The signature has expired.');
  }
  const request = {
    method: call.method,
    path: call.path,
    query: [...new URLSearchParams(call.query)],
    headers: Object.entries(call.headers).map(([name, value]): [string, string] => [
      name,
      String(value ?? ''),
    ]),
  };
  if (!isSignedWith(secret, signature, request)) {
    throw new ClsError(401, 'unauthorized', 'The signature is not the one of this request.');
  }
}

const SKEW_SECONDS = 900;

function bodyOf({ body }: ApiCall): JsonObject {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as JsonObject;
  } catch {
    throw new ClsError(400, 'invalidcontent', 'The body is not JSON.');
  }
}
