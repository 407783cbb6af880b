import { gone } from './clients.ts';
import { removeEndpoints } from './domains.ts';
import { removeUrl } from './function-url.ts';
import { layerLabels, pruneLayers } from './layers.ts';
import { listTriggers, locate } from './look.ts';
import { DEFAULT_NAMESPACE, type FunctionId } from './names.ts';
import type { Tencent } from './tencent.ts';
import { untilSettled } from './versions.ts';

/**
 * Removes a function and all that was made for it: addresses first, as a domain holds an address, and an address the function; layers last, as the function
 * holds them, and they say whose they are. False when nothing was there.
 */
export async function removeFunction(tencent: Tencent, FunctionName: string): Promise<boolean> {
  const found = await locate(tencent, FunctionName);
  const id = found ?? { FunctionName, Namespace: DEFAULT_NAMESPACE };
  const wasThere = found !== undefined && (await removeWhole(tencent, id));
  const hadLayers =
    (await layerLabels(tencent, id)) !== undefined && (await pruneLayers(tencent, id, new Set()));
  tencent.namespaces.delete(FunctionName);
  return wasThere || hadLayers;
}

/** The function itself, with all that leads to it. False: it was gone already. */
export async function removeWhole(tencent: Tencent, id: FunctionId): Promise<boolean> {
  const scf = await tencent.clients.scf();
  return gone(
    (async () => {
      const { Status } = await untilSettled(tencent, id);
      if (Status !== 'CreateFailed') {
        await removeEndpoints(tencent, id);
        for (const trigger of await listTriggers(scf, id))
          if (trigger.Type === 'http') await removeUrl(tencent, id, trigger);
      }
      await scf.DeleteFunction(id);
    })(),
  );
}
