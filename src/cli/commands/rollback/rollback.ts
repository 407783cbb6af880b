import { callVerb } from '../../../components/engine/call-verb.ts';
import { colors } from '../../colors.ts';
import { chooseFunction } from '../../deploying/choose-function.ts';
import type { DeployingOptions } from '../../deploying/options.ts';
import { withSession } from '../../deploying/session.ts';
import { printEvent, say } from '../../print-lines.ts';

/** Lets an older version serve. */
export async function rollback(
  version: string | undefined,
  options: DeployingOptions & { component?: string },
): Promise<void> {
  const aliases = options.component === undefined ? [] : [options.component];
  await withSession({ options, verb: 'rollback', changes: true, aliases }, async ({ engine, store }) => {
    const { alias } = chooseFunction(store, options.component, '--component');
    const result = (await callVerb(engine, alias, 'rollback', version === undefined ? {} : { version })) as {
      function: string;
      version: string;
      before?: string;
    };
    if (options.json) printEvent('rolled-back', { component: alias, ...result });
    else
      say(
        `${colors.green('✓')} ${result.function} serves version ${result.version} (before: ${result.before ?? 'none'})`,
      );
  });
}
