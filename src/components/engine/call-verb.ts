import { createHost, type EngineOptions } from './host.ts';
import { nowhere } from './place.ts';
import { RopewayError } from '../../lib/errors.ts';

/** Calls a verb of a component that is deployed. Throws NOT_DEPLOYED, NO_SUCH_VERB, and what the verb throws. */
export async function callVerb(
  options: EngineOptions,
  id: string,
  verb: string,
  inputs: unknown,
): Promise<unknown> {
  const record = options.store.read(id);
  if (record === undefined) {
    throw new RopewayError({
      code: 'NOT_DEPLOYED',
      message: `\`${id}\` is not deployed.`,
      fix: 'ropeway deploy',
    });
  }
  const host = createHost(options);
  return host.call(await host.part(id, record.component, nowhere(id)), verb, inputs);
}
