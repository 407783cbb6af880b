import type { IncomingMessage, ServerResponse } from 'node:http';

import { isObject } from '../../events/json.ts';
import { InvocationError } from '../errors.ts';
import type { EventCall } from '../instances/instance.ts';
import { readBody, sendJson, valueOf } from './http.ts';
import { errorOfBody } from './lambda-errors.ts';
import { functionError } from './lambda-stream.ts';
import { MOST_BYTES, type RuntimeApi, type RuntimeListener } from './types.ts';

/** The runtime API of SCF's CustomRuntime (https://cloud.tencent.com/document/product/583/47274). One call at a time, so that answers name none. */
export function scfApi(listener: RuntimeListener): RuntimeApi {
  let poll: ServerResponse | undefined;
  let isReady = false;
  let waiting: EventCall | undefined;
  let inHand: EventCall | undefined;

  const serve = (): void => {
    if (poll === undefined || waiting === undefined) return;
    [inHand, waiting] = [waiting, undefined];
    poll.writeHead(200, headersOf(inHand)).end(JSON.stringify(inHand.event));
    poll = undefined;
  };
  const next = (response: ServerResponse): void => {
    if (!isReady) return refuse(response, 403, 'the runtime has not said /runtime/init/ready yet');
    if (poll !== undefined) return refuse(response, 403, 'the runtime waits for an event already');
    poll = response;
    response.once('close', () => {
      if (poll === response) poll = undefined;
    });
    serve();
  };
  const answer = async (
    what: 'response' | 'error',
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const call = inHand;
    const body = await readBody(request, MOST_BYTES);
    if (call === undefined || call !== inHand) return refuse(response, 403, 'there is no event in hand');
    inHand = undefined;
    if (body === undefined) {
      refuse(response, 413, `the answer is over ${MOST_BYTES} bytes`);
      const message = `the answer of the runtime is over the limit of ${MOST_BYTES} bytes`;
      listener.onError(call.requestId, new InvocationError('RESPONSE_TOO_LARGE', message));
      return;
    }
    sendJson(response, 200, {});
    const value = valueOf(body);
    if (what === 'response') listener.onAnswer(call.requestId, { result: value, error: undefined });
    else listener.onError(call.requestId, functionError(errorOf(value, body)));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    if (route === 'GET /runtime/invocation/next') return next(response);
    if (route === 'POST /runtime/invocation/response') return answer('response', request, response);
    if (route === 'POST /runtime/invocation/error') return answer('error', request, response);
    request.resume();
    if (route !== 'POST /runtime/init/ready') return refuse(response, 404, `there is no ${route}`);
    isReady = true;
    sendJson(response, 200, {});
    listener.onReady();
  };

  return {
    handle: (request, response) => handle(request, response).catch(() => void response.destroy()),
    give: (call) => {
      waiting = call;
      serve();
    },
    fail: () => undefined,
  };
}

function headersOf({ requestId, context }: EventCall): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    request_id: requestId,
    memory_limit_in_mb: String(context['memory_limit_in_mb']),
    time_limit_in_ms: String(context['time_limit_in_ms']),
  };
}

/** The cloud takes any text; who sends what Lambda's runtimes do has its parts understood. */
function errorOf(value: ReturnType<typeof valueOf>, body: Buffer): ReturnType<typeof errorOfBody> {
  if (isObject(value) && typeof value['errorMessage'] === 'string') return errorOfBody(value, 'Error');
  return { type: 'Error', message: body.toString('utf8').trim(), traceback: '' };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { errorMessage: message });
}
