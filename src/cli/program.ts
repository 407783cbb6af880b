import { Command, CommanderError } from 'commander';

import { RopewayError, errorMessage, systemCode } from '../lib/errors.ts';
import { packageVersion } from '../lib/package-root.ts';
import { dropBlankNode } from '../platform/instances/blank-node.ts';
import { defineAdvise } from './commands/advise.ts';
import { defineBuild } from './commands/build.ts';
import { defineCall } from './commands/call.ts';
import { defineCost } from './commands/cost.ts';
import { defineDeploy } from './commands/deploy.ts';
import { defineDev } from './commands/dev.ts';
import { defineDoctor } from './commands/doctor.ts';
import { defineInfo } from './commands/info.ts';
import { defineInit } from './commands/init.ts';
import { defineInvoke } from './commands/invoke.ts';
import { defineLogs } from './commands/logs.ts';
import { definePlan } from './commands/plan.ts';
import { defineProfile } from './commands/profile.ts';
import { defineRemove } from './commands/remove.ts';
import { defineRequest } from './commands/request.ts';
import { definePromote } from './commands/promote.ts';
import { defineRollback } from './commands/rollback.ts';
import { defineServe } from './commands/serve.ts';
import { defineSimulate } from './commands/simulate.ts';
import { defineStats } from './commands/stats.ts';
import { defineUnlock } from './commands/unlock.ts';
import { printError } from './print-error.ts';
import { withVerb } from './verb-of.ts';

/** Every verb: its file declares options and help, and loads what it needs when it runs. */
const VERBS = [
  defineDev,
  defineRequest,
  defineDeploy,
  definePlan,
  defineInfo,
  defineInvoke,
  definePromote,
  defineRollback,
  defineRemove,
  defineUnlock,
  defineCall,
  defineInit,
  defineBuild,
  defineServe,
  defineLogs,
  defineStats,
  defineProfile,
  defineAdvise,
  defineCost,
  defineSimulate,
  defineDoctor,
];

const EXIT_GRACE_MS = 1000;

/** Runs the command line and sets the exit code: 0, 1 (our fault, or a check failed), 2 (bad input). */
export async function runProgram(args: string[]): Promise<void> {
  const program = new Command('ropeway')
    .description('Runs an existing web app on serverless functions, unchanged.')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', '\nStart in the folder of a web app:\n  $ ropeway dev')
    .showHelpAfterError('(ropeway --help shows what there is)')
    .exitOverride();
  for (const define of VERBS) define(program);
  // Nobody reads on (`ropeway … | head`): no reason to fail. Instances end with our process.
  process.stdout.on('error', (error) => {
    if (systemCode(error) === 'EPIPE') process.exit(0);
  });
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(ropeway ${command.name()} --help shows what there is)`);
  try {
    const verbs = [...program.commands.map((command) => command.name()), 'help'];
    await program.parseAsync(withVerb(args, verbs), { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error, args.includes('--json'));
    // Whatever is still open must not keep a command alive that has failed.
    setTimeout(() => process.exit(), EXIT_GRACE_MS).unref();
  } finally {
    dropBlankNode();
  }
}

function exitCodeOf(error: unknown, json: boolean): number {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known =
    error instanceof RopewayError
      ? error
      : new RopewayError({
          code: 'INTERNAL',
          fault: 'system',
          message: `Ropeway itself failed: ${errorMessage(error)}`,
          detail: error instanceof Error ? (error.stack ?? '') : '',
          fix: 'this is a defect: please report it with the lines above',
        });
  printError(known, json);
  return known.exitCode;
}
