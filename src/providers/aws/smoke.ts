import { RopewayError } from '../../lib/errors.ts';
import type { FunctionDeployment } from '../types.ts';
import type { Aws } from './aws.ts';
import { callFunction } from './call.ts';

/**
 * An event of no HTTP: the adapter loads the app and calls none of it. It knows the event, or says that it is none of its own (`EventError`);
 * both mean that the app is loaded.
 */
export const LOAD_EVENT = { ropeway: 'load' };

/** Calls a version that nobody else calls yet. Rejects with APP_NOT_LOADED and what the app said. */
export async function checkLoads(aws: Aws, deployment: FunctionDeployment, version: string): Promise<void> {
  const { name, entry, cloud } = deployment;
  // The user's own code would be called with it.
  if (isBareHandler(deployment)) return;
  const { error, errorType, tail } = await callFunction(aws, name, version, LOAD_EVENT, true);
  if (error === undefined || errorType === 'EventError') return;
  const said = tail.filter((line) => !/^(START|END|REPORT|INIT_START) /.test(line)).join('\n');
  throw new RopewayError({
    code: 'APP_NOT_LOADED',
    message: `The app of ${name} does not load on AWS Lambda (version ${version}); what served before serves on.`,
    got: error.message,
    detail: error.traceback ?? said,
    fix: `look at what is missing in ${cloud!.runtime} on Linux${entry.runtime === 'python' ? ' (modules, variables of the environment)' : ''}; \`ropeway dev\` runs it here`,
  });
}

function isBareHandler({ entry, cloud }: FunctionDeployment): boolean {
  return (
    entry.runtime !== 'command' && entry.interface === 'handler' && !cloud!.handler.startsWith('ropeway_')
  );
}
