import type { ApiAnswer, ApiCall } from '../../server.ts';
import type { AwsContext } from '../context.ts';
import type { AwsError, AwsService } from '../service.ts';
import { apiOperations, unknownOperation } from './apis.ts';
import { badRequest, NO_BOOKS } from './books.ts';
import { type Desk, json, type Operation } from './desk.ts';
import type { Input } from './input.ts';
import { createListeners } from './listeners.ts';
import { partOperations } from './parts.ts';
import { stageOperations } from './stages.ts';

const OPERATIONS: readonly Operation[] = [...apiOperations, ...partOperations, ...stageOperations];

/**
 * API Gateway v2: HTTP APIs whose routes lead to functions, each at an address of its own. What it has not: REST and WebSocket APIs, authorizers, domains, and backends
 * that are no functions.
 */
export function openApiGateway(context: AwsContext): AwsService {
  const store = context.openStore('apigateway', NO_BOOKS);
  const listeners = createListeners(context, store);
  const desk: Desk = { context, store, listeners };
  (context.peers.tagged ??= []).push((region) =>
    Object.fromEntries(
      Object.values(store.current().apis)
        .filter((api) => api.region === region)
        .map(({ id, tags }) => [`arn:aws:apigateway:${region}::/apis/${id}`, tags]),
    ),
  );
  return {
    name: 'apigateway',
    operation: (call) => findOperation(call)?.operation.name,
    handle: async (call) => {
      const found = findOperation(call);
      if (found === undefined) throw unknownOperation(call.method, call.path);
      return found.operation.run(desk, { ...call, ids: found.ids, input: inputOf(call) });
    },
    failure,
    listening: () => listeners.resume(),
    close: async () => {
      await listeners.close();
      await store.settled();
    },
  };
}

function findOperation({ method, path }: ApiCall): { operation: Operation; ids: string[] } | undefined {
  const segments = path.replace(/\/$/, '').split('/');
  // Some clients leave slashes in ARNs as they are.
  const whole = segments[2] === 'tags' ? [...segments.slice(0, 3), segments.slice(3).join('/')] : segments;
  for (const operation of OPERATIONS) {
    const pattern = operation.path.split('/');
    const fits =
      operation.method === method &&
      pattern.length === whole.length &&
      pattern.every((part, index) => part === '*' || part === whole[index]);
    if (!fits) continue;
    const ids = whole.filter((_, index) => pattern[index] === '*').map(decoded);
    return { operation, ids };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('Invalid path');
  }
}

function inputOf({ body }: ApiCall): Input {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  } catch {
    // Said below.
  }
  throw badRequest('The body is no JSON object');
}

function failure({ status, code, message, more }: AwsError, { requestId }: ApiCall): ApiAnswer {
  const answer = json(status, { ...more, message });
  return {
    ...answer,
    headers: { ...answer.headers, 'x-amzn-errortype': code, 'x-amzn-requestid': requestId },
  };
}
