import { join } from 'node:path';

import { isObject } from '../../events/json.ts';
import type { JsonValue } from '../../events/types.ts';
import type { NodeEntry } from '../entry.ts';
import type { Handler } from './adapter.ts';
import { loadApp } from './instance/load.ts';
import { streamHandler } from './lambda-stream.ts';
import { streamingHandler, unknownEvent } from './streaming-handler.ts';

/** What the file that Ropeway puts into a package says of its app. */
export type PackagedEntry = Pick<NodeEntry, 'root' | 'file' | 'attribute'>;

/** Milliseconds in which an app that says `listen` has to do it; Lambda gives a function ten seconds to load. */
const LISTEN_MS = 9000;

/**
 * `handler(event, context)` of the app whose main module is `entry.file`, relative to `root`, an absolute folder. The module is loaded as `node file`
 * would; its `listen()` is captured. Rejects with what loading throws.
 */
export async function packagedHandler(entry: PackagedEntry, root: string): Promise<Handler> {
  const handle = streamingHandler(await loadPackaged(entry, root), { onEvent });
  return (event, context) => handle(event, context);
}

/**
 * The same for AWS Lambda's Node runtimes: what comes over a function URL is answered part by part, for which the URL has to be in `RESPONSE_STREAM` mode.
 * Other events, those of an HTTP API among them, get the result that `packagedHandler` gives.
 */
export async function packagedStreamHandler(entry: PackagedEntry, root: string): Promise<unknown> {
  return streamHandler(await loadPackaged(entry, root), { onEvent, isStreamed: isOfFunctionUrl });
}

/** A deployment calls a new version with `{"ropeway": "load"}` before anybody else can: all that it asks for is done when it gets here. */
function onEvent(event: JsonValue): null {
  if (isObject(event) && event['ropeway'] === 'load') return null;
  throw unknownEvent(event);
}

/** HTTP APIs send the same event; the host of a function URL is `<id>.lambda-url.<region>.on.aws`. */
function isOfFunctionUrl(event: JsonValue): boolean {
  const context = isObject(event) ? event['requestContext'] : undefined;
  return isObject(context) && String(context['domainName']).includes('.lambda-url.');
}

async function loadPackaged(entry: PackagedEntry, root: string): Promise<unknown> {
  const whole: NodeEntry = {
    runtime: 'node',
    interface: 'listener',
    nodeOptions: [],
    ...entry,
    root: join(root, entry.root),
    file: join(root, entry.file),
  };
  process.chdir(whole.root);
  return loadApp(whole, undefined, async (captured) => {
    // It also keeps the process until then.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LISTEN_MS);
    });
    await Promise.race([captured, late]);
    clearTimeout(timer);
  });
}
