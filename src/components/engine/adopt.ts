import type { ComponentEntry } from '../../config/project/load.ts';
import { RopewayError } from '../../lib/errors.ts';
import { checkInputs } from '../inputs.ts';
import type { DeployOptions } from './deploy.ts';
import { createHost, type Host } from './host.ts';
import { placeOf } from './place.ts';

/**
 * Takes into the state what a deployment from elsewhere has made of this file (a fresh checkout, CI): what bears its labels. Returns the
 * aliases. What cannot be told without deploying is left out.
 */
export async function adoptFromFile(
  options: Pick<DeployOptions, 'store' | 'entries' | 'classOf' | 'contextOf'>,
): Promise<string[]> {
  const host = createHost(options);
  const adopted: string[] = [];
  for (const entry of options.entries) {
    if (options.store.read(entry.alias) !== undefined || !(await isThere(host, entry))) continue;
    const { component, record } = await host.part(entry.alias, entry.component, placeOf(entry, false));
    await record.begin(entry.component, entry.inputs, entry.dependsOn);
    await record.change({ status: 'deployed', state: component.state });
    adopted.push(entry.alias);
  }
  return adopted;
}

async function isThere(host: Host, entry: ComponentEntry): Promise<boolean> {
  const place = placeOf(entry, false);
  try {
    const { component, type } = await host.part(entry.alias, entry.component, place);
    // Components that were written for an older version of ours have no such method.
    if (!('adopt' in component)) return false;
    return await component.adopt(await checkInputs(type.inputs, entry.inputs, place));
  } catch (error) {
    // What is wrong with the file now must not keep what it once said from being removed.
    if (error instanceof RopewayError && error.fault === 'user') return false;
    throw error;
  }
}
