import { formatByName } from '../../../events/list.ts';
import { EventError, type HttpResponse, type JsonValue } from '../../../events/types.ts';
import { colors } from '../../colors.ts';
import { chooseFunction } from '../../deploying/choose-function.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { withSession } from '../../deploying/session.ts';
import type { InvokeAnswer } from '../../../providers/types.ts';
import { printEvent, say } from '../../print-lines.ts';
import { type EventOptions, readEvent } from './event.ts';

export interface InvokeCommandOptions extends DeployingOptions, EventOptions {
  format?: string;
}

/** What a target's gateway speaks unless a function says another. */
const DEFAULT_FORMATS = { local: 'aws-v2', aws: 'aws-v2', tencent: 'tencent-url' } as const;

/** Gives a function an event. Exit code 1 when it failed. */
export async function invoke(alias: string | undefined, options: InvokeCommandOptions): Promise<void> {
  const aliases = alias === undefined ? [] : [alias];
  await withSession(
    { options, verb: 'invoke', changes: false, aliases },
    async ({ providerFor, store, project }) => {
      const chosen = chooseFunction(store, alias, 'ropeway invoke');
      const own = store.read(chosen.alias)?.state['eventFormat'];
      const format = options.format ?? (typeof own === 'string' ? own : DEFAULT_FORMATS[project.target]);
      const answer = await providerFor(chosen.region).invoke(chosen.name, readEvent(options, format));
      if (options.json)
        printEvent('invocation', { component: chosen.alias, function: chosen.name, ...answer });
      else show(answer, options.http === undefined ? undefined : format);
      if (answer.error !== undefined) process.exitCode = 1;
    },
  );
}

/** A result that answers a request is shown as an answer, another one as it is. */
function show({ result, error, record }: InvokeAnswer, format: string | undefined): void {
  const response =
    format === undefined || result === undefined ? undefined : responseOf(format, result as JsonValue);
  if (response !== undefined) {
    const { status, headers, body } = response;
    say(
      status >= 500
        ? colors.red(String(status))
        : status >= 400
          ? colors.yellow(String(status))
          : colors.green(String(status)),
    );
    for (const [name, value] of headers) say(`${colors.dim(`${name}:`)} ${value}`);
    say('');
    process.stdout.write(body);
    if (body.at(-1) !== NEWLINE) say('');
  } else if (result !== undefined) say(JSON.stringify(result, null, 2));
  if (error !== undefined) {
    say(colors.red(`✗ ${error.message} [${error.code}]`));
    if (error.traceback !== undefined) say(colors.dim(error.traceback.trimEnd().replace(/^/gm, '    ')));
  }
  say(colors.dim(recordText(record)));
}

const NEWLINE = 0x0a;

function responseOf(format: string, result: JsonValue): HttpResponse | undefined {
  try {
    return formatByName(format).fromResult(result);
  } catch (error) {
    if (error instanceof EventError) return undefined;
    throw error;
  }
}

function recordText(record: InvokeAnswer['record']): string {
  const { start, durationMs, billedMs, memoryMb, initMs } = record;
  const cold = start === 'cold' ? `cold (${Math.round(Number(initMs ?? 0))} ms to load), ` : '';
  const memory = typeof memoryMb === 'number' ? `, ${Math.ceil(memoryMb)} MB` : '';
  return `${cold}${String(durationMs)} ms (billed ${String(billedMs)} ms${memory})`;
}
