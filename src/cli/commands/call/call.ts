import { callVerb } from '../../../components/engine/call-verb.ts';
import { errorMessage, RopewayError } from '../../../lib/errors.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { asRopewayError } from '../../deploying/report.ts';
import { withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';

export interface CallCommandOptions extends DeployingOptions {
  inputs: string;
}

/** Calls a component's own verb and prints what it returns. */
export async function call(verb: string, alias: string, options: CallCommandOptions): Promise<void> {
  const inputs = parseInputs(options.inputs);
  await withSession({ options, verb: 'call', changes: true, aliases: [alias] }, async ({ engine }) => {
    const result = await callVerb(engine, alias, verb, inputs).catch((error: unknown) => {
      throw asRopewayError(alias, error);
    });
    if (options.json) printEvent('result', { component: alias, verb, result: result ?? null });
    else if (result !== undefined) say(typeof result === 'string' ? result : JSON.stringify(result, null, 2));
  });
}

function parseInputs(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RopewayError({
      code: 'INPUTS',
      message: '--inputs is no JSON.',
      expected: '\'{"name": "value"}\'',
      got: errorMessage(error),
      cause: error,
    });
  }
}
