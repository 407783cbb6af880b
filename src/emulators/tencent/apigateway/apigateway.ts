import { runAction } from '../call-parameters.ts';
import type { TencentContext } from '../context.ts';
import type { TencentService } from '../service.ts';
import { apiActions } from './actions/apis.ts';
import { appActions } from './actions/apps.ts';
import { domainActions } from './actions/domains.ts';
import { keyActions } from './actions/keys.ts';
import { planActions } from './actions/plans.ts';
import { serviceActions } from './actions/services.ts';
import { changeService, type Desk, openBooks } from './books.ts';
import { createListeners } from './listeners.ts';
import { fromOld, toOld } from './old-dialect.ts';
import { gatewayBooks } from './triggers.ts';

/**
 * The API gateway that Tencent Cloud has ended: services with APIs that lead to functions, spoken as API 3.0 and as what was before it.
 * What is deployed to it answers at once, at a port of its own per service.
 */
export async function openApigateway(context: TencentContext): Promise<TencentService> {
  const books = openBooks(context);
  const listeners = createListeners(context, () => books.current());
  const desk: Desk = { context, books, listeners };
  for (const { id, port } of books.current().services) {
    const now = await listeners.start(id, port);
    if (now !== port) await changeService(books, id, (service) => ({ ...service, port: now }));
  }
  context.peers.gateways = gatewayBooks(desk);
  const actions = {
    ...serviceActions(desk),
    ...apiActions(desk),
    ...planActions(desk),
    ...keyActions(desk),
    ...domainActions(desk),
    ...appActions(desk),
  };
  return {
    name: 'apigateway',
    actions: Object.keys(actions),
    handle: async ({ action, version, region, parameters }) => {
      if (version !== 'v2') return runAction(actions, action, { ...parameters, Region: region });
      return toOld(await runAction(actions, action, { ...fromOld(parameters), Region: region }));
    },
    close: async () => {
      await listeners.close();
      await books.settled();
    },
  };
}
