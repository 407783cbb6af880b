import type { ApiAnswer, ApiCall } from '../../server.ts';
import type { AwsContext } from '../context.ts';
import { AwsError, type AwsService } from '../service.ts';
import { byArn, chooseRevision, isAllowed } from './routing.ts';
import { NO_BOOKS } from './books.ts';
import { type Desk, json } from './desk.ts';
import { keptDigests, settle } from './functions.ts';
import { functionArn } from './names.ts';
import { findOperation } from './operations.ts';
import { createCalls } from './running.ts';
import { createUrls } from './urls.ts';
import { openZips } from './zips.ts';

/** AWS Lambda (API of 2015-03-31 and later). */
export function openLambda(context: AwsContext): AwsService {
  const store = context.openStore('lambda', NO_BOOKS);
  context.platform.keepPackages(() => keptDigests(store.current()));
  const calls = createCalls(context);
  const urls = createUrls(context, store, calls);
  const desk: Desk = { context, store, zips: openZips(context), calls, urls };
  context.peers.functions = {
    running: (arn) => {
      const found = byArn(store.current(), arn);
      if (found === undefined) return undefined;
      const { fn, qualifier } = found;
      return calls.of(store.current(), fn, chooseRevision(fn, qualifier, Math.random()));
    },
    allows: (arn, principal, sourceArn) => {
      const found = byArn(store.current(), arn);
      const wanted = { action: 'lambda:InvokeFunction', principal, sourceArn };
      return found !== undefined && isAllowed(found.fn, found.qualifier, wanted);
    },
    names: (region) =>
      Object.values(store.current().functions)
        .filter((fn) => fn.region === region)
        .map(({ name }) => name),
    tags: (region) =>
      Object.fromEntries(
        Object.values(store.current().functions)
          .filter((fn) => fn.region === region)
          .map((fn) => [functionArn(fn), fn.tags]),
      ),
  };
  return {
    name: 'lambda',
    operation: (call) => findOperation(call)?.name,
    takesUnsigned: ({ method, path }) => method === 'GET' && DOWNLOAD.test(path),
    handle: async (call) => {
      const digest = DOWNLOAD.exec(call.path)?.[1];
      if (digest !== undefined) return download(desk, digest);
      const found = findOperation(call);
      if (found === undefined)
        throw new AwsError(
          404,
          'UnknownOperationException',
          `${call.method} ${call.path} is no operation of Lambda.`,
        );
      return found.run(desk, { ...call, values: found.values, input: inputOf(call) });
    },
    failure,
    listening: () => settle(desk),
    close: async () => {
      await urls.close();
      await calls.close();
      await store.settled();
    },
  };
}

/** Nobody guesses a digest of 256 bits. */
const DOWNLOAD = /^\/_code\/([0-9a-f]{64})\.zip$/;

async function download({ zips }: Desk, digest: string): Promise<ApiAnswer> {
  const zip = await zips.read(digest);
  if (zip === undefined) throw new AwsError(404, 'NoSuchKey', 'The code is not there any more.');
  return {
    status: 200,
    headers: { 'content-type': 'application/zip', 'content-length': String(zip.length) },
    body: zip,
  };
}

/** The body of an invocation is the event, whatever it is. */
function inputOf({ body, path }: ApiCall): Record<string, unknown> {
  if (body.length === 0 || /\/(invocations|response-streaming-invocations|invoke-async)\/?$/.test(path))
    return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new AwsError(400, 'SerializationException', 'The body is no JSON object.');
}

function failure({ status, code, message, more }: AwsError, { requestId }: ApiCall): ApiAnswer {
  const answer = json(status, { ...more, message, Message: message }, { 'x-amzn-errortype': code });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': requestId } };
}
