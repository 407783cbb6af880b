import { callVerb } from '../../../components/engine/call-verb.ts';
import { colors } from '../../colors.ts';
import { chooseFunction } from '../../deploying/choose-function.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';

/** Lets an older version serve; ends a canary. */
export async function rollback(
  version: string | undefined,
  options: DeployingOptions & { component?: string },
): Promise<void> {
  await serve({
    verb: 'rollback',
    event: 'rolled-back',
    how: '--component',
    alias: options.component,
    inputs: version === undefined ? {} : { version },
    options,
  });
}

/** Gives all requests to the version that had a share of them. */
export async function promote(alias: string | undefined, options: DeployingOptions): Promise<void> {
  await serve({ verb: 'promote', event: 'promoted', how: 'ropeway promote', alias, inputs: {}, options });
}

interface Wish {
  verb: 'rollback' | 'promote';
  event: string;
  /** How a component is named on the command line. */
  how: string;
  alias: string | undefined;
  inputs: object;
  options: DeployingOptions;
}

/** What the verbs of a component tell. */
interface Served {
  function: string;
  version: string;
  before?: string;
  /** By region, where there are several. */
  all?: Served[];
}

async function serve({ verb, event, how, alias: wanted, inputs, options }: Wish): Promise<void> {
  const aliases = wanted === undefined ? [] : [wanted];
  await withSession({ options, verb, changes: true, aliases }, async ({ engine, store }) => {
    const { alias } = chooseFunction(store, wanted, how);
    const result = (await callVerb(engine, alias, verb, inputs)) as Served;
    if (options.json) printEvent(event, { component: alias, ...result });
    else for (const one of result.all ?? [result]) say(textOf(one));
  });
}

function textOf({ function: name, version, before }: Served): string {
  const was = version === before ? 'as before, and alone again' : `before: ${before ?? 'none'}`;
  return `${colors.green('✓')} ${name} serves version ${version} (${was})`;
}
