import { join } from 'node:path';

import type { NodeEntry } from '../entry.ts';
import type { Handler } from './adapter.ts';
import { loadApp } from './instance/load.ts';
import { streamingHandler } from './streaming-handler.ts';

/** What the file that Ropeway puts into a package says of its app. */
export type PackagedEntry = Pick<NodeEntry, 'root' | 'file' | 'attribute'>;

/** Milliseconds in which an app that says `listen` has to do it; Lambda gives a function ten seconds to load. */
const LISTEN_MS = 9000;

/**
 * `handler(event, context)` of the app whose main module is `entry.file`, relative to `root`, an absolute folder. The module is loaded as `node file`
 * would; its `listen()` is captured. Rejects with what loading throws.
 */
export async function packagedHandler(entry: PackagedEntry, root: string): Promise<Handler> {
  const whole: NodeEntry = {
    runtime: 'node',
    interface: 'listener',
    nodeOptions: [],
    ...entry,
    root: join(root, entry.root),
    file: join(root, entry.file),
  };
  process.chdir(whole.root);
  const app = await loadApp(whole, undefined, async (captured) => {
    // It also keeps the process until then.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LISTEN_MS);
    });
    await Promise.race([captured, late]);
    clearTimeout(timer);
  });
  const handle = streamingHandler(app);
  return (event, context) => handle(event, context);
}
