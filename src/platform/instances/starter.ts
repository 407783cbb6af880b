import { formatByName } from '../../events/list.ts';
import type { HttpRequest } from '../../events/types.ts';
import type { TemplateInit } from '../../runtimes/protocol.ts';
import { invocationContext } from '../invocation-context.ts';
import { openEnclosure } from '../limits/enclosure.ts';
import { makeTempFolder, type TempFolder, temporaryEnvironment } from '../limits/temp-folders.ts';
import type { FunctionSpec } from '../types.ts';
import { bootBlankNode, dropBlankNode } from './blank-node.ts';
import { eventInstance, type EventSpec, initMessage } from './event-instance.ts';
import type { Instance, Origin } from './instance.ts';
import type { LineListener } from './lines.ts';
import { countSpare, releaseSpare, roomForSpare } from './spare-budget.ts';
import { instanceEnvironment, instanceId, startInstance, startRuntime } from './start.ts';
import { startTemplate, type Template } from './template.ts';

/** Where the instances of one version of a function come from. */
export interface Starter {
  /** The fastest there is: a spare, else a copy of the template, else a process of its own. Never throws. */
  start(): Instance;
  /** Whether instances are made so cheaply that any number may be made at once. */
  readonly cheap: boolean;
  /** Whether it has a template or spares: memory that nobody uses as long as there are no requests. */
  readonly loaded: boolean;
  /** Loads the template, if there is to be one, and makes the spares. Resolves when they are there; never rejects. */
  prepare(): Promise<void>;
  /** Ends template and spares; what `start` has given goes on. */
  close(): Promise<void>;
}

export interface StarterOptions {
  spec: FunctionSpec;
  /** Why there will be no template, once. */
  onFallback(reason: string): void;
  /** What the template prints. */
  onLine: LineListener;
}

/** Milliseconds since the last cold start after which the machine is free for the next spare. */
const QUIET_MS = 500;

/** Chooses among fresh processes, processes started ahead, and copies of a template, as `spec.cold` says. */
export function createStarter({ spec, onFallback, onLine }: StarterOptions): Starter {
  let template: Template | undefined;
  /** For its temporary files, which its copies may go on using. */
  let templateFolder: TempFolder | undefined;
  let preparing: Promise<void> | undefined;
  let pages: Buffer | undefined;
  let asked = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  /** Whether each is ready and warm: only then it is given. */
  const spares = new Map<Instance, boolean>();
  const ahead = spec.cold === 'template';

  const fork = (origin: Origin): Instance => {
    const entry = spec.entry as EventSpec['entry'];
    // One copy is enough to learn from.
    const tellPages = !asked;
    asked = true;
    const id = instanceId(spec);
    const enclosure = openEnclosure(templateFolder);
    return eventInstance(
      { id, origin, enclosure, onPages: (ranges) => void (pages = ranges) },
      template!.fork(),
      { ...spec, entry },
      {
        head: { type: 'restore', tellPages, env: enclosure.env },
        ...(origin === 'spare' && pages !== undefined ? { body: pages } : {}),
      },
    );
  };

  /** A copy of the template, or, in Node, a process of its own that has loaded the app. */
  const makeSpare = (): Instance | undefined => {
    if (template?.usable === true) return fork('spare');
    if (spec.entry.runtime !== 'node' || !roomForSpare()) return undefined;
    const spare = startInstance(spec, true);
    countSpare(spare);
    return spare;
  };

  /** Makes what is missing; what is being made already counts. */
  const refill = async (): Promise<void> => {
    while (!closed && spares.size < spec.spares) {
      const spare = makeSpare();
      if (spare === undefined) return;
      spares.set(spare, false);
      void spare.exited.then(() => spares.delete(spare));
      try {
        await spare.ready;
        // A copy has these behind it.
        if (template === undefined) await warmUp(spare, spec);
        if (spares.has(spare)) spares.set(spare, true);
      } catch {
        spares.delete(spare);
        return;
      }
    }
    if (!closed && spec.entry.runtime === 'node') bootBlankNode();
  };

  const loadTemplate = async (): Promise<void> => {
    const entry = spec.entry;
    if (entry.runtime !== 'python') return;
    if (process.platform !== 'linux') {
      onFallback('copies of a loaded process are made on Linux only');
      return;
    }
    const folder = makeTempFolder();
    const env = { ...instanceEnvironment(spec), ...temporaryEnvironment(folder) };
    const eventSpec = { ...spec, entry };
    const child = startRuntime(eventSpec, env);
    child.onLine(onLine);
    void child.exited.then(() => folder.release());
    const started = startTemplate(child, spec, initMessage(eventSpec, env), warmupCalls(spec));
    if (closed) await started.close();
    [template, templateFolder] = [started, folder];
    try {
      await started.ready;
      // Killed by hand or by the system: the next instance that is needed brings another.
      void started.exited.then(() => {
        template = undefined;
        preparing = undefined;
        [asked, pages] = [false, undefined];
      });
    } catch (error) {
      if (!closed) onFallback((error as Error).message);
    }
  };

  /** What was taken is made again: a copy at once, a process that has to load the app when the burst is over. */
  const refillLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refill(), template?.usable === true ? 0 : QUIET_MS);
    timer.unref();
  };

  const next = (): Instance => {
    for (const [spare, isReady] of spares) {
      if (!isReady || !spare.usable) continue;
      spares.delete(spare);
      releaseSpare(spare);
      return spare;
    }
    return template?.usable === true ? fork('fork') : startInstance(spec);
  };

  return {
    start: () => {
      const instance = next();
      if (preparing !== undefined)
        void preparing.then(() => instance.ready).then(refillLater, () => undefined);
      return instance;
    },
    get cheap() {
      return template?.usable === true;
    },
    get loaded() {
      return template !== undefined || spares.size > 0;
    },
    prepare: () => {
      if (!ahead || closed) return Promise.resolve();
      preparing ??= loadTemplate().then(refill);
      return preparing;
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      if (ahead) dropBlankNode();
      const rest = [...spares.keys()];
      spares.clear();
      await Promise.all([template?.close(), ...rest.map((spare) => spare.stop())]);
    },
  };
}

async function warmUp(spare: Instance, spec: FunctionSpec): Promise<void> {
  for (const { id, event, context } of warmupCalls(spec)) {
    // An answer that is an error is an answer; what else is wrong shows in the first request.
    await spare
      .invoke({ requestId: id, event, context, timeout: spec.limits.timeout })
      .catch(() => undefined);
  }
}

function warmupCalls(spec: FunctionSpec): TemplateInit['warmup'] {
  return spec.warmup.map((path, index) => warmupCall(spec, path, index));
}

function warmupCall(spec: FunctionSpec, path: string, index: number): TemplateInit['warmup'][number] {
  const id = `warmup-${index + 1}`;
  const [pathname = '/', query = ''] = path.split('?', 2);
  const request: HttpRequest = {
    method: 'GET',
    path: pathname,
    query,
    headers: [['Host', 'localhost']],
    body: Buffer.alloc(0),
    scheme: 'http',
    remoteAddress: '127.0.0.1',
    stage: spec.stage,
    requestId: id,
    time: Date.now(),
  };
  return {
    id,
    path,
    event: formatByName(spec.eventFormat).toEvent(request),
    context: invocationContext(spec, 0, id),
  };
}
