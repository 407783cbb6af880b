import type { JsonObject } from '../../../events/types.ts';
import { optionalText } from '../call-parameters.ts';
import type { GatewayBooks, QualifiedFunction } from '../context.ts';
import { apiSettings, withApi, withoutApi } from './actions/apis.ts';
import { makeService, withoutService } from './actions/services.ts';
import { changeService, type Desk, isoTime, newId, serviceOf } from './books.ts';
import type { Api, Service } from './types.ts';

/** What the cloud calls the service that it makes for a trigger which names none. */
const SERVICE_NAME = 'SCF_API_SERVICE';

/** Services and APIs as the `apigw` trigger of functions makes them. */
export function gatewayBooks(desk: Desk): GatewayBooks {
  const { books, listeners, context } = desk;
  return {
    addTrigger: async (target, description) => {
      const wanted = objectIn(description, 'service');
      const release = optionalText(objectIn(description, 'release'), 'environmentName') || 'release';
      const given = objectIn(description, 'api');
      const requestConfig = configOf(target, given);
      const service = await serviceFor(desk, target.region, wanted);
      const now = context.now();
      const api: Api = {
        id: newId('api'),
        serviceId: service.id,
        settings: triggerSettings(target, given),
        createdAt: now,
        modifiedAt: now,
      };
      await books.change((told) => ({ told: withApi(told, api), result: undefined }));
      await releaseAll(desk, service.id, release);
      return {
        api: { ...given, apiId: api.id, apiName: target.name, requestConfig },
        service: {
          serviceId: service.id,
          serviceName: optionalText(service.settings, 'ServiceName') ?? SERVICE_NAME,
          subDomain: `http://${listeners.subDomain(service)}/${release}${requestConfig.path}`,
        },
        release: { environmentName: release },
        serviceId: service.id,
        apiId: api.id,
      };
    },
    removeTrigger: async (_, description) => {
      const id =
        optionalText(description, 'apiId') ?? optionalText(objectIn(description, 'api'), 'apiId') ?? '';
      const serviceId = optionalText(description, 'serviceId') ?? '';
      const emptied = await books.change((told) => {
        const left = withoutApi(told, id);
        const service = left.services.find((one) => one.id === serviceId);
        const isEmpty =
          service?.isOfTrigger === true && !left.apis.some((api) => api.serviceId === serviceId);
        return { told: isEmpty ? withoutService(left, serviceId) : left, result: isEmpty };
      });
      if (emptied) await listeners.stop(serviceId);
    },
  };
}

/** The one that is named by id; else one that a trigger made under this name before; else a new one. */
async function serviceFor(desk: Desk, region: string, wanted: JsonObject): Promise<Service> {
  const told = desk.books.current();
  const id = optionalText(wanted, 'serviceId');
  if (id) return serviceOf(told, id);
  const name = optionalText(wanted, 'serviceName') || SERVICE_NAME;
  const found = told.services.find(
    (service) =>
      service.isOfTrigger === true && service.region === region && service.settings['ServiceName'] === name,
  );
  return found ?? makeService(desk, region, { ServiceName: name, Protocol: 'http&https' }, true);
}

function triggerSettings(target: QualifiedFunction, given: JsonObject): JsonObject {
  const { path, method } = configOf(target, given);
  return apiSettings({
    ApiName: target.name,
    AuthType: optionalText(given, 'authRequired')?.toUpperCase() === 'TRUE' ? 'SECRET' : 'NONE',
    EnableCORS: optionalText(given, 'enableCORS') ?? 'FALSE',
    RequestConfig: { Path: path, Method: method },
    ServiceType: 'SCF',
    ServiceTimeout: 15,
    ServiceScfFunctionName: target.name,
    ServiceScfFunctionNamespace: target.namespace,
    ServiceScfFunctionQualifier: target.qualifier,
    ServiceScfIsIntegratedResponse: optionalText(given, 'isIntegratedResponse') ?? 'FALSE',
  });
}

function configOf({ name }: QualifiedFunction, given: JsonObject): { method: string; path: string } {
  const config = objectIn(given, 'requestConfig');
  return {
    method: (optionalText(config, 'method') || 'ANY').toUpperCase(),
    path: optionalText(config, 'path') || `/${name}`,
  };
}

async function releaseAll({ books, context }: Desk, serviceId: string, environment: string): Promise<void> {
  const now = context.now();
  await changeService(books, serviceId, (service, told) => {
    const apis = told.apis.filter((api) => api.serviceId === serviceId);
    const version = isoTime(now).replaceAll(/\D/g, '');
    const release = { version, description: '', releasedAt: now, apis };
    return { ...service, releases: { ...service.releases, [environment]: release } };
  });
}

function objectIn(whole: JsonObject, name: string): JsonObject {
  const value = whole[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
