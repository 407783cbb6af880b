import type { Values } from '../../components/component.ts';
import type { Done, Report } from '../../components/engine/report.ts';
import type { Change } from '../../components/types.ts';
import { describeError, errorMessage, RopewayError } from '../../lib/errors.ts';
import { colors } from '../colors.ts';
import { passingLine } from '../passing-line.ts';
import { printEvent } from '../print-lines.ts';

/** Everything that verbs of deployment say, for people or as JSON lines. */
export interface DeployReport extends Report {
  status(alias: string, text: string): void;
  log(alias: string, text: string): void;
  note(alias: string, text: string): void;
  debug(alias: string, text: string): void;
  /** A line of pip or npm: to see that something goes on. */
  progress(alias: string, text: string): void;
  /** Something that concerns no component. */
  notice(text: string): void;
}

export function createReport(json: boolean, debug: boolean, width: number): DeployReport {
  return json ? jsonReport(debug) : terminalReport(debug, width);
}

/** Whatever a component has thrown, with a code. Errors of its own are its author's. */
export function asRopewayError(alias: string, error: unknown): RopewayError {
  if (error instanceof RopewayError) return error;
  return new RopewayError({
    code: 'COMPONENT_FAILED',
    message: `The component of \`${alias}\` failed: ${errorMessage(error)}`,
    ...(error instanceof Error ? { detail: ownLines(error) } : {}),
    cause: error,
  });
}

/** `function shop version 2 (code, limits)` */
export function changeText({ action, kind, name, because }: Change): string {
  const verb = action === 'update' ? '' : `${VERBS[action]} `;
  return `${verb}${kind} ${name}${because.length === 0 ? '' : ` (${because.join(', ')})`}`;
}

const VERBS = { create: 'new', update: '', remove: 'removed', adopt: 'found' };

function terminalReport(showDebug: boolean, width: number): DeployReport {
  const screen = passingLine();
  const label = (alias: string): string => alias.padEnd(width);
  const line = (mark: string, alias: string, text: string): void =>
    screen.say(`${mark} ${label(alias)}  ${text}`);
  return {
    started: () => undefined,
    status: (alias, text) => line(colors.cyan('…'), alias, colors.dim(text)),
    log: (alias, text) => line(colors.dim('│'), alias, text),
    note: (alias, text) => line(colors.yellow('!'), alias, text),
    debug: (alias, text) => {
      if (showDebug) line(colors.dim('·'), alias, colors.dim(text));
    },
    done: (alias, { action, changes, outputs, ms }) => {
      const what = action === 'unchanged' ? 'unchanged' : changes.map(changeText).join(', ') || action;
      const url = action === 'removed' ? undefined : outputs['url'];
      const time = action === 'unchanged' ? '' : colors.dim(`  ${(ms / 1000).toFixed(1)} s`);
      line(
        colors.green('✓'),
        alias,
        `${what}${typeof url === 'string' ? `  ${colors.bold(url)}` : ''}${time}`,
      );
    },
    failed: (alias, error) => {
      const [first, ...rest] = describeError(asRopewayError(alias, error)).split('\n');
      line(colors.red('✗'), alias, [first, ...rest].join('\n'));
    },
    skipped: (alias, because) => line(colors.yellow('-'), alias, `not touched: it needs ${because}`),
    progress: (alias, text) => {
      if (showDebug) line(colors.dim('·'), alias, colors.dim(text));
      else screen.show(`  ${label(alias)}  ${text.trim()}`);
    },
    notice: (text) => screen.say(`${colors.yellow('!')} ${text}`),
  };
}

function jsonReport(showDebug: boolean): DeployReport {
  return {
    started: (component) => printEvent('started', { component }),
    status: (component, text) => printEvent('status', { component, text }),
    log: (component, text) => printEvent('log', { component, text }),
    note: (component, text) => printEvent('note', { component, text }),
    debug: (component, text) => {
      if (showDebug) printEvent('debug', { component, text });
    },
    progress: (component, text) => {
      if (showDebug) printEvent('debug', { component, text });
    },
    done: (component, { action, changes, outputs, secrets, ms }: Done) =>
      printEvent(action, { component, changes, outputs: shownOutputs(outputs, secrets), ms: Math.round(ms) }),
    failed: (component, error) => {
      const { code, message, fault, expected, got, fix, detail } = asRopewayError(component, error);
      printEvent('failed', { component, code, message, fault, expected, got, fix, detail });
    },
    skipped: (component, because) => printEvent('skipped', { component, because }),
    notice: (text) => printEvent('notice', { message: text }),
  };
}

/** What may be shown of outputs. */
export function shownOutputs(outputs: Values, secrets: readonly string[]): Values {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, secrets.includes(name) ? '(secret)' : value]),
  );
}

/** Of a stack, the lines in the author's own files. */
function ownLines({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node:|[\\/]dist[\\/](components|cli)[\\/]/.test(line))
    .slice(0, 3)
    .map((line) => line.trim())
    .join('\n');
}
