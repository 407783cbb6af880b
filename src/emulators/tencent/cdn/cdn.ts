import type { JsonObject } from '../../../events/types.ts';
import { type Actions, optionalText, runAction, text, texts } from '../call-parameters.ts';
import type { TencentContext } from '../context.ts';
import { TencentError, type TencentService } from '../service.ts';

const ONLINE = 5;
const OFFLINE = 6;

interface Told {
  hosts: Record<string, JsonObject & { id: number; status: number }>;
}

/**
 * The books of the old CDN, as published components keep them (API 2.0, `cdn.api.qcloud.com`): what is deployed is there at once, and
 * nothing is delivered by it.
 */
export function openCdn(context: TencentContext): TencentService {
  const store = context.openStore<Told>('cdn', { hosts: {} });

  const find = (parameters: JsonObject): string => {
    const given = optionalText(parameters, 'host');
    const id = optionalText(parameters, 'hostId');
    const { hosts } = store.current();
    const name =
      given ?? Object.keys(hosts).find((one) => String(hosts[one]!.id) === id) ?? text(parameters, 'host');
    if (!Object.hasOwn(hosts, name))
      throw new TencentError('ResourceNotFound.CdnHostNotExists', `${name} does not exist.`);
    return name;
  };
  const change = async (name: string, parameters: JsonObject): Promise<JsonObject> => {
    await store.change(({ hosts }) => ({
      value: { hosts: { ...hosts, [name]: { ...hosts[name]!, ...parameters } } },
      result: undefined,
    }));
    return {};
  };

  const actions: Actions = {
    AddCdnHost: async (parameters) => {
      const name = text(parameters, 'host');
      return store.change(({ hosts }) => {
        if (Object.hasOwn(hosts, name)) throw new TencentError('9111', `${name} is there already.`);
        const id = 1 + Math.max(0, ...Object.values(hosts).map((host) => host.id));
        return { value: { hosts: { ...hosts, [name]: { ...parameters, id, status: ONLINE } } }, result: {} };
      });
    },
    GetHostInfoByHost: (parameters) => {
      const { hosts } = store.current();
      const found = texts(parameters, 'hosts').flatMap((name) =>
        Object.hasOwn(hosts, name) ? [hosts[name]!] : [],
      );
      return { data: { hosts: found, total: found.length } };
    },
    UpdateCdnConfig: (parameters) => change(find(parameters), parameters),
    SetHttpsInfo: (parameters) => {
      const { privateKey: _key, cert: _cert, ...kept } = parameters;
      return change(find(parameters), { https: kept });
    },
    OnlineHost: (parameters) => change(find(parameters), { status: ONLINE }),
    OfflineHost: (parameters) => change(find(parameters), { status: OFFLINE }),
    DeleteCdnHost: async (parameters) => {
      const name = find(parameters);
      if (store.current().hosts[name]!.status !== OFFLINE) {
        throw new TencentError(
          'FailedOperation.CdnHostIsOnline',
          `${name} is online: take it offline first.`,
        );
      }
      await store.change(({ hosts }) => {
        const { [name]: _gone, ...others } = hosts;
        return { value: { hosts: others }, result: undefined };
      });
      return {};
    },
  };

  return {
    name: 'cdn',
    actions: Object.keys(actions),
    handle: ({ action, parameters }) => runAction(actions, action, parameters),
    close: () => store.settled(),
  };
}
