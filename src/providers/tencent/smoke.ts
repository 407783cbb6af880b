import { RopewayError } from '../../lib/errors.ts';
import type { FunctionDeployment } from '../types.ts';
import { callFunction } from './call.ts';
import type { FunctionId } from './names.ts';
import { printedSince } from './printed.ts';
import type { Tencent } from './tencent.ts';
import { tryUrl } from './try-url.ts';

/**
 * An event of no HTTP: the adapter loads the app and calls none of it. It knows the event, or says that it is none of its own (`EventError`);
 * both mean that the app is loaded.
 */
const LOAD_EVENT = { ropeway: 'load' };

/** Calls a version that nobody else calls yet. Rejects with APP_NOT_LOADED and what the app said. */
export async function checkLoads(
  tencent: Tencent,
  id: FunctionId,
  deployment: FunctionDeployment,
  version: string,
): Promise<void> {
  const { cloud } = deployment;
  if (cloud!.type === 'web') {
    const began = Date.now();
    const failure = await tryUrl(tencent, id, deployment, version);
    if (failure === undefined) return;
    const { text, requestId } = failure;
    const printed = await printedSince(tencent, id, began, requestId);
    throw notLoaded(deployment, version, text, printed);
  }
  // The user's own code would be called with it.
  if (isBareHandler(deployment)) return;
  const { error, tail } = await callFunction(tencent, id, version, LOAD_EVENT, true);
  if (error === undefined || /\bEventError\b/.test(error.traceback ?? error.message)) return;
  throw notLoaded(deployment, version, error.message, error.traceback ?? tail);
}

function notLoaded(
  { name, cloud, entry }: FunctionDeployment,
  version: string,
  got: string,
  detail: string,
): RopewayError {
  return new RopewayError({
    code: 'APP_NOT_LOADED',
    message: `The app of ${name} does not load on SCF (version ${version}); what served before serves on.`,
    got,
    ...(detail === '' ? {} : { detail }),
    fix: `look at what is missing in ${cloud!.runtime} on Linux${entry.runtime === 'python' ? ' (modules, variables of the environment)' : ''}; \`ropeway dev\` runs it here`,
  });
}

function isBareHandler({ entry, cloud }: FunctionDeployment): boolean {
  return (
    entry.runtime !== 'command' && entry.interface === 'handler' && !cloud!.handler.startsWith('ropeway_')
  );
}
