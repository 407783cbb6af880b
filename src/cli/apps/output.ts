import { type DetectedApp, type Evidence, GIVEN } from '../../frameworks/types.ts';
import { errorMessage } from '../../lib/errors.ts';
import { InvocationError } from '../../platform/errors.ts';
import type { Ready } from '../../platform/instances/instance.ts';
import type { InvocationRecord, OutputLine } from '../../platform/types.ts';
import type { Route } from '../../runtimes/protocol.ts';
import { colors } from '../colors.ts';
import { printEvent, say } from '../print-lines.ts';

/** Characters of a source line that are shown. */
const MAX_SOURCE = 100;

/** Everything that `ropeway dev` says, for people or as JSON lines. */
export interface Output {
  detected(app: DetectedApp): void;
  preparing(title: string): void;
  preparingLine(line: string): void;
  prepared(): void;
  ready(url: string, name: string, ready: Ready): void;
  loadFailed(error: unknown, url: string): void;
  invocation(record: InvocationRecord): void;
  appLine(line: OutputLine): void;
  reload(files: string[]): void;
  notice(message: string): void;
  stopped(): void;
}

export function createOutput(json: boolean): Output {
  return json ? jsonOutput() : terminalOutput();
}

/** `Flask: app.py:5 app = Flask(__name__)` */
export function evidenceLine(app: DetectedApp): string {
  const [first] = app.evidence;
  return first === undefined ? app.title : `${app.title}: ${placeLine(first)}`;
}

/** A place and its source line, a very long one cut. */
function placeLine({ file, line, text }: Evidence): string {
  const cut = text.length > MAX_SOURCE ? `${text.slice(0, MAX_SOURCE - 1)}…` : text;
  return file === GIVEN ? cut : `${file}:${line} ${cut}`;
}

function terminalOutput(): Output {
  return {
    detected: (app) => {
      say(`${colors.green('✓')} ${evidenceLine(app)}`);
      for (const place of app.evidence.slice(1)) say(colors.dim(`  ${placeLine(place)}`));
    },
    preparing: (title) => say(`${colors.cyan('…')} ${title}`),
    preparingLine: (line) => say(colors.dim(`  ${line}`)),
    prepared: () => say(`${colors.green('✓')} ready to start`),
    ready: (url, name, ready) => {
      say(`${colors.green('✓')} ${name} loaded in ${Math.round(ready.initMs)} ms`);
      if (ready.routes !== null && ready.routes.length > 0) say(routeLines(ready.routes));
      say(
        `\n  ${colors.bold(url)}   ${colors.dim('Ctrl-C stops it; a change is live with the next request')}\n`,
      );
    },
    loadFailed: (error, url) => {
      say(failureText(error));
      say(`\n  ${colors.bold(url)} ${colors.dim('answers with this error until the next good change')}\n`);
    },
    invocation: (record) => {
      say(invocationLine(record));
      const app = record.error?.app;
      if (app !== undefined && app.traceback !== '') say(indent(app.traceback));
      else if (record.error !== undefined) say(indent(record.error.message));
      const hint = app === undefined ? undefined : missingHint(app.missing);
      if (hint !== undefined) say(hint);
    },
    appLine: ({ line, stream }) => {
      process[stream === 'stderr' ? 'stderr' : 'stdout'].write(`${colors.dim('│')} ${line}\n`);
    },
    reload: (files) =>
      say(
        `${colors.cyan('↻')} ${files.slice(0, 3).join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''} changed: the next request runs the new code`,
      ),
    notice: (message) => say(`${colors.yellow('!')} ${message}`),
    stopped: () => say('\nStopped.'),
  };
}

function jsonOutput(): Output {
  return {
    detected: (app) => printEvent('detected', { app }),
    preparing: (title) => printEvent('preparing', { title }),
    preparingLine: (line) => printEvent('preparing-output', { line }),
    prepared: () => printEvent('prepared', {}),
    ready: (url, name, { initMs, routes }) => printEvent('ready', { url, function: name, initMs, routes }),
    loadFailed: (error, url) =>
      printEvent('load-failed', {
        url,
        code: error instanceof InvocationError ? error.code : 'INTERNAL',
        message: errorMessage(error),
        ...(error instanceof InvocationError && error.app !== undefined ? { app: error.app } : {}),
      }),
    invocation: (record) => printEvent('invocation', record),
    appLine: (line) => printEvent('output', line),
    reload: (files) => printEvent('reload', { files }),
    notice: (message) => printEvent('notice', { message }),
    stopped: () => printEvent('stopped', {}),
  };
}

/** `GET /hello 200 warm 1.2 ms (billed 2 ms, 34 MB)` */
function invocationLine(record: InvocationRecord): string {
  const status = String(record.status);
  const coloured =
    record.status >= 500
      ? colors.red(status)
      : record.status >= 400
        ? colors.yellow(status)
        : colors.green(status);
  const start =
    record.start === 'cold'
      ? colors.cyan(`cold (${ORIGINS[record.origin ?? 'fresh']} in ${Math.round(record.initMs ?? 0)} ms)`)
      : record.start === 'none'
        ? 'not run'
        : 'warm';
  const details = [`billed ${record.billedMs} ms`];
  if (record.memoryMb !== undefined) details.push(`${Math.ceil(record.memoryMb)} MB`);
  if (record.streamed === true) details.push('streamed');
  return `${colors.dim(record.time.slice(11, 19))} ${record.method.padEnd(4)} ${record.path} ${coloured} ${start} ${record.durationMs} ms ${colors.dim(`(${details.join(', ')})`)}`;
}

const MAX_ROUTES = 40;

function routeLines(routes: Route[]): string {
  const shown = inOrder(routes).slice(0, MAX_ROUTES);
  const width = Math.max(...shown.map(({ methods }) => methodList(methods).length));
  const lines = shown.map(
    ({ methods, path }) => `  ${colors.dim(methodList(methods).padEnd(width))}  ${path}`,
  );
  if (routes.length > MAX_ROUTES) lines.push(colors.dim(`  … and ${routes.length - MAX_ROUTES} more`));
  return lines.join('\n');
}

/** Each route once, the app's own before those that frameworks bring along. */
function inOrder(routes: Route[]): Route[] {
  const once = new Map(routes.map((route) => [`${methodList(route.methods)} ${route.path}`, route]));
  const isOwn = ({ path }: Route): boolean => !/^\/(admin|static)\//.test(path);
  const all = [...once.values()];
  return [...all.filter(isOwn), ...all.filter((route) => !isOwn(route))];
}

/** An empty list is a route that takes any method. */
function methodList(methods: string[]): string {
  return methods.length === 0 ? 'ANY' : methods.join(',');
}

/** Why an app does not load: the message, its traceback, what is missing. */
export function failureText(error: unknown): string {
  const lines = [`${colors.red('✗')} ${errorMessage(error)}`];
  if (error instanceof InvocationError && error.app !== undefined) {
    if (error.app.traceback !== '') lines.push(indent(error.app.traceback));
    const hint = missingHint(error.app.missing);
    if (hint !== undefined) lines.push(hint);
  }
  return lines.join('\n');
}

function missingHint(missing: string | undefined): string | undefined {
  if (missing === undefined) return undefined;
  return `  to mend:  install ${missing} and name it among the app's requirements, then save any file`;
}

function indent(text: string): string {
  return colors.dim(text.trimEnd().replace(/^/gm, '    '));
}

/** How an instance came about, for people: in a cloud each loads the app. */
const ORIGINS = { fresh: 'loaded', blank: 'loaded', fork: 'copied', spare: 'kept ready, made' };
