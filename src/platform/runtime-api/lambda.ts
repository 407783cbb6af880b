import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { JsonValue } from '../../events/types.ts';
import { InvocationError } from '../errors.ts';
import type { EventCall } from '../instances/instance.ts';
import { readBody, sendJson, valueOf } from './http.ts';
import { errorOfBody } from './lambda-errors.ts';
import { functionError, openStream, type StreamedAnswer, wholeResult } from './lambda-stream.ts';
import { MOST_BYTES, type RuntimeApi, type RuntimeListener } from './types.ts';

const BASE = '/2018-06-01/runtime/';
/** What the cloud lets pass beyond 6 MB. */
const MOST_RESPONSE = MOST_BYTES + 100;
const TOO_LARGE = `Exceeded maximum allowed payload size (${MOST_RESPONSE} bytes).`;

/**
 * The Lambda Runtime API (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", and the answers of AWS's own
 * Runtime Interface Emulator). Extensions are not served.
 */
export function lambdaApi(listener: RuntimeListener): RuntimeApi {
  const polls: ServerResponse[] = [];
  const waiting: EventCall[] = [];
  /** Given and not answered yet. */
  const inHand = new Map<string, EventCall>();
  let streamed: StreamedAnswer | undefined;
  /** Tells of an answer that was refused: runtimes end over it, and the next event is not to be given to one that does. */
  let tell: (() => void) | undefined;
  const tellNow = (): void => {
    tell?.();
    tell = undefined;
  };

  const serve = (): void => {
    const poll = polls[0];
    const call = waiting[0];
    if (poll === undefined || call === undefined) return;
    polls.shift();
    waiting.shift();
    inHand.set(call.requestId, call);
    poll.writeHead(200, headersOf(call)).end(JSON.stringify(call.event));
  };
  const next = (response: ServerResponse): void => {
    tellNow();
    polls.push(response);
    response.once('close', () => {
      const index = polls.indexOf(response);
      if (index !== -1) polls.splice(index, 1);
    });
    listener.onReady();
    serve();
  };

  const takeStream = async (call: EventCall, request: IncomingMessage): Promise<void> => {
    try {
      const opened = await openStream(request);
      streamed = opened;
      void opened.answer.done.then(() => {
        if (streamed === opened) streamed = undefined;
      });
      if (call.stream !== true) {
        listener.onAnswer(call.requestId, { result: await wholeResult(opened), error: undefined });
        return;
      }
      listener.onAnswer(call.requestId, { result: opened.head, stream: opened.answer, error: undefined });
      await opened.answer.done;
    } catch (error) {
      listener.onError(call.requestId, error as Error);
    }
  };
  const answer = async (
    call: EventCall,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const mode = request.headers['lambda-runtime-function-response-mode'];
    if (mode !== undefined && mode !== 'streaming')
      return refuse(
        response,
        400,
        'InvalidFunctionResponseMode',
        `Invalid function response mode ${String(mode)}`,
      );
    // A second answer of the same call is refused from here on.
    inHand.delete(call.requestId);
    if (mode === 'streaming') {
      await takeStream(call, request);
      accept(response);
      return;
    }
    const body = await readBody(request, MOST_RESPONSE);
    if (body === undefined) {
      refuse(response, 413, 'RequestEntityTooLarge', TOO_LARGE);
      const message = `Response payload size exceeded maximum allowed payload size (${MOST_RESPONSE} bytes).`;
      tell = () => listener.onError(call.requestId, new InvocationError('RESPONSE_TOO_LARGE', message));
      return;
    }
    accept(response);
    listener.onAnswer(call.requestId, { result: valueOf(body), error: undefined });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?')[0]!;
    const route = `${request.method} ${path.startsWith(BASE) ? path.slice(BASE.length) : path}`;
    if (route === 'GET invocation/next') return next(response);
    // Nothing is restored here: it goes on as if it had been.
    if (route === 'GET restore/next') return void response.writeHead(200).end();
    if (route === 'POST init/error' || route === 'POST restore/error') {
      const error = await readError(request);
      // It is ended for it, and is to have its answer before.
      response.once('finish', () => listener.onInitError(error));
      return accept(response);
    }
    const [, id = '', what] = /^POST invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
    if (what === undefined) return refuse(response, 404, 'NotFound', `there is no ${request.method} ${path}`);
    const call = inHand.get(decodeURIComponent(id));
    if (call === undefined) {
      request.resume();
      return refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    }
    if (what === 'response') return answer(call, request, response);
    inHand.delete(call.requestId);
    const error = await readError(request);
    accept(response);
    listener.onError(call.requestId, functionError(error));
  };

  return {
    handle: (request, response) => handle(request, response).catch(() => void response.destroy()),
    give: (call) => {
      waiting.push(call);
      serve();
    },
    fail: (error) => {
      tellNow();
      streamed?.fail(error);
    },
  };
}

async function readError(request: IncomingMessage): Promise<ReturnType<typeof errorOfBody>> {
  const type = request.headers['lambda-runtime-function-error-type'];
  const body = await readBody(request, MOST_BYTES);
  return errorOfBody(body === undefined ? null : valueOf(body), typeof type === 'string' ? type : undefined);
}

function headersOf({ requestId, context }: EventCall): Record<string, string> {
  const { deadline_ms, invoked_function_arn, client_context, identity, function_name } = context;
  const arn = invoked_function_arn ?? `arn:aws:lambda:local:123456789012:function:${String(function_name)}`;
  return {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(deadline_ms),
    'Lambda-Runtime-Invoked-Function-Arn': String(arn),
    'Lambda-Runtime-Trace-Id': traceId(context['trace_id']),
    ...jsonHeader('Lambda-Runtime-Client-Context', client_context),
    ...jsonHeader('Lambda-Runtime-Cognito-Identity', identity),
  };
}

function jsonHeader(name: string, value: JsonValue | undefined): Record<string, string> {
  if (value === undefined || value === null) return {};
  // Headers are Latin-1; JSON can say everything in ASCII.
  const text = JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (letter) => String.raw`\u` + letter.charCodeAt(0).toString(16).padStart(4, '0'),
  );
  return { [name]: text };
}

function traceId(given: JsonValue | undefined): string {
  if (typeof given === 'string') return given;
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const [root, parent] = [randomBytes(12).toString('hex'), randomBytes(8).toString('hex')];
  return `Root=1-${seconds}-${root};Parent=${parent};Sampled=0`;
}

function accept(response: ServerResponse): void {
  sendJson(response, 202, { status: 'OK' });
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  sendJson(response, status, { errorMessage: message, errorType: type });
}
