import { type Actions, CloudError, type Params, text } from './actions.ts';

export interface CloudService {
  params: Params;
  apis: Map<string, Params>;
  released: boolean;
}

/** The old API gateway and the old CDN, whose API answers `{code: 0}`. */
export function createGateway(): {
  services: Map<string, CloudService>;
  hosts: Map<string, Params>;
  actions: Record<'apigateway' | 'cdn', Actions>;
} {
  const services = new Map<string, CloudService>();
  const hosts = new Map<string, Params>();
  let made = 0;

  const find = (params: Params): CloudService => {
    const found = services.get(text(params, 'serviceId'));
    if (found !== undefined) return found;
    throw new CloudError('4000', 'service does not exist');
  };
  const findApi = (params: Params): Params => {
    const found = find(params).apis.get(text(params, 'apiId'));
    if (found !== undefined) return found;
    throw new CloudError('4000', 'api does not exist');
  };
  const nextId = (kind: string): string => {
    made += 1;
    return `${kind}-${made}`;
  };
  const subDomain = (id: string): string => `${id}-1250000000.gz.apigw.tencentcs.com`;

  const apigateway: Actions = {
    CreateService(params) {
      const serviceId = nextId('service');
      services.set(serviceId, { params, apis: new Map(), released: false });
      return { data: { serviceId, subDomain: subDomain(serviceId) } };
    },
    DescribeService(params) {
      find(params);
      return { subDomain: subDomain(text(params, 'serviceId')) };
    },
    ModifyService(params) {
      Object.assign(find(params).params, params);
      return {};
    },
    DeleteService(params) {
      if (find(params).apis.size > 0) throw new CloudError('4000', 'the service still has APIs');
      services.delete(text(params, 'serviceId'));
      return {};
    },
    DescribeApisStatus: (params) => ({
      totalCount: find(params).apis.size,
      apiIdStatusSet: [...find(params).apis].map(([apiId, api]) => ({
        apiId,
        ...(api['requestConfig'] as Params),
      })),
    }),
    CreateApi(params) {
      const apiId = nextId('api');
      find(params).apis.set(apiId, params);
      return { apiId };
    },
    DescribeApi: (params) => ({ ...findApi(params) }),
    ModifyApi(params) {
      Object.assign(findApi(params), params);
      return {};
    },
    DeleteApi(params) {
      findApi(params);
      find(params).apis.delete(text(params, 'apiId'));
      return {};
    },
    ReleaseService(params) {
      find(params).released = true;
      return {};
    },
    UnReleaseService(params) {
      find(params).released = false;
      return {};
    },
    DescribeServiceSubDomains: (params) => ({ totalCount: 0, domainSet: [], service: find(params) && {} }),
  };

  const cdn: Actions = {
    GetHostInfoByHost(params) {
      const found = hosts.get(String(params['hosts.0'] ?? (params['hosts'] as string[])[0]));
      return { data: { hosts: found === undefined ? [] : [found] } };
    },
    AddCdnHost(params) {
      hosts.set(text(params, 'host'), { ...params, id: nextId('host'), status: 5 });
      return {};
    },
    SetHttpsInfo: () => ({}),
    UpdateCdnConfig: () => ({}),
    OfflineHost(params) {
      hosts.get(text(params, 'host'))!['status'] = 6;
      return {};
    },
    DeleteCdnHost(params) {
      hosts.delete(text(params, 'host'));
      return {};
    },
  };

  return { services, hosts, actions: { apigateway, cdn } };
}
