import { RopewayError } from '../../lib/errors.ts';
import type { Entry, PythonEntry } from '../../runtimes/entry.ts';
import type { PackFile } from '../files/pack-file.ts';
import { nodeHandler, portModule } from './node.ts';
import { pythonApp, pythonHandler } from './python.ts';
import type { Cloud } from './runtimes.ts';
import { commandLines, nodeLines, pythonLines, scfBootstrap } from './scf-bootstrap.ts';
import type { CloudStart, CloudWish } from './types.ts';

export interface CloudOptions extends CloudWish {
  cloud: Cloud;
  /** The chosen one: `python3.10`, `nodejs20`, `custom`. */
  runtime: string;
}

/** The program that starts a web function; on AWS the Lambda Web Adapter runs it, which the provider sees to. */
const START = { aws: 'run.sh', tencent: 'scf_bootstrap' } as const;

/** Whether it is called with events, or listens. Throws TARGET_TYPE. */
export function typeOf(entry: Entry, { cloud, type }: CloudOptions): 'event' | 'web' {
  const isHandler = entry.runtime !== 'command' && entry.interface === 'handler';
  if (type === 'web' && isHandler) throw wrongType('A bare handler is called with events', 'type: event');
  if (type === 'event' && entry.runtime === 'command')
    throw wrongType('An app that only its command can run takes requests', 'type: web');
  if (cloud === 'tencent') return isHandler ? 'event' : (type ?? 'web');
  if (type === 'web')
    throw wrongType('AWS Lambda has no web functions', 'leave `type` out: the adapter takes its events');
  return entry.runtime === 'command' ? 'web' : 'event';
}

/** What an app's server needs beside what the app itself names. */
export function serverRequirements(entry: Entry, options: CloudOptions): string[] {
  if (entry.runtime !== 'python' || typeOf(entry, options) !== 'web') return [];
  return entry.interface === 'asgi' ? ['uvicorn'] : ['gunicorn'];
}

/** How a package starts in a cloud. */
export function cloudStart(entry: Entry, options: CloudOptions, arch: 'x64' | 'arm64'): CloudStart {
  const { cloud, runtime } = options;
  const type = typeOf(entry, options);
  return { type, runtime, arch, handler: type === 'web' ? START[cloud] : handlerOf(entry, options) };
}

/** What is put into the package for it; a `scf_bootstrap` of the app's own is its own. */
export function functionFiles(entry: Entry, options: CloudOptions, own: readonly PackFile[]): PackFile[] {
  const files = typeOf(entry, options) === 'web' ? webFiles(entry, options) : eventFiles(entry, options);
  const isThere = new Set(own.map(({ path }) => path));
  return files.filter(({ path }) => path !== START[options.cloud] || !isThere.has(path));
}

function eventFiles(entry: Entry, options: CloudOptions): PackFile[] {
  if (entry.runtime === 'command' || entry.interface === 'handler') return [];
  return entry.runtime === 'python' ? pythonHandler(entry) : nodeHandler(entry, streams(entry, options));
}

/** AWS's Node runtimes know handlers that write their answer; its Python ones do not. */
function streams({ runtime }: Entry, { cloud, stream }: CloudOptions): boolean {
  return stream === true && cloud === 'aws' && runtime === 'node';
}

function webFiles(entry: Entry, { cloud, runtime, interpreter }: CloudOptions): PackFile[] {
  if (entry.runtime === 'command') {
    const script = scfBootstrap(commandLines(programsOf(runtime), entry), entry.root);
    return [{ ...script, path: START[cloud] }];
  }
  const program = interpreter ?? programOf(runtime);
  if (entry.runtime === 'node') return [scfBootstrap(nodeLines(program, entry), entry.root), ...portModule()];
  const app = appOf(entry);
  return [
    scfBootstrap(pythonLines(program, entry, app ?? 'ropeway_app:app'), entry.root),
    ...(app === undefined ? pythonApp(entry) : []),
  ];
}

/** `module:attribute` as servers take it; undefined: only running the script makes the app. */
function appOf({ from }: PythonEntry): string | undefined {
  return 'module' in from ? `${from.module}:${from.attribute}` : undefined;
}

/** Where SCF has its interpreters (doc 583/56123): `/var/lang/python310/bin/python3.10`, `/var/lang/node20/bin/node`. */
function programOf(runtime: string): string {
  const python = /^python(\d)\.(\d+)$/.exec(runtime);
  if (python !== null) return `/var/lang/python${python[1]}${python[2]}/bin/python${python[1]}.${python[2]}`;
  const node = /^nodejs(\d+)/.exec(runtime)?.[1];
  if (node !== undefined) return `/var/lang/node${node}/bin/node`;
  throw new RopewayError({
    code: 'TARGET_RUNTIME',
    message: 'Of a custom runtime nobody knows which program runs the app.',
    expected: '`interpreter`: its path there, such as /opt/bin/python3.12',
  });
}

function programsOf(runtime: string): string {
  return runtime === 'custom' ? '/opt/bin' : programOf(runtime).replace(/\/[^/]+$/, '');
}

function handlerOf(entry: Entry, options: CloudOptions): string {
  if (entry.runtime === 'command' || entry.interface !== 'handler') {
    if (streams(entry, options)) return 'ropeway_handler.stream_handler';
    return options.cloud === 'aws' ? 'ropeway_handler.handler' : 'ropeway_handler.main_handler';
  }
  if (entry.runtime === 'node')
    return `${entry.file.replace(/\.[cm]?js$/, '')}.${entry.attribute ?? 'handler'}`;
  const { from } = entry;
  if ('module' in from) return `${from.module}.${from.attribute}`;
  return `${from.script.replace(/\.py$/, '').replaceAll('/', '.')}.main_handler`;
}

function wrongType(message: string, fix: string): RopewayError {
  return new RopewayError({ code: 'TARGET_TYPE', message: `${message}.`, fix });
}
