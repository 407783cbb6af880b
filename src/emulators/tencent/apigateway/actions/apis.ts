import type { JsonObject } from '../../../../events/types.ts';
import { type Actions, objects, optionalText, page, text, texts } from '../../call-parameters.ts';
import { TencentError } from '../../service.ts';
import { apiOf, type Desk, isoTime, newId, replaced, serviceOf, settingsOf } from '../books.ts';
import type { Api, Told } from '../types.ts';

const METHODS = new Set(['ANY', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']);

export function apiActions({ books, context }: Desk): Actions {
  return {
    CreateApi: async (parameters) => {
      const now = context.now();
      const serviceId = text(parameters, 'ServiceId');
      const api: Api = {
        id: newId('api'),
        serviceId,
        settings: apiSettings(parameters),
        createdAt: now,
        modifiedAt: now,
      };
      await books.change((told) => ({ told: withApi(told, api), result: undefined }));
      const { Path, Method } = pathOf(api);
      return {
        ServiceId: serviceId,
        ApiId: api.id,
        Result: { ApiId: api.id, Path, Method, CreatedTime: isoTime(now) },
      };
    },
    ModifyApi: async (parameters) => {
      const [serviceId, id] = [text(parameters, 'ServiceId'), text(parameters, 'ApiId')];
      await books.change((told) => {
        const before = apiOf(told, serviceId, id);
        const settings = apiSettings({ ...before.settings, ...settingsOf(parameters, LEFT) });
        const api = { ...before, settings, modifiedAt: context.now() };
        checkPath(told, api);
        return { told: { ...told, apis: replaced(told.apis, api) }, result: undefined };
      });
      return { ApiId: id };
    },
    DescribeApi: (parameters) => {
      const told = books.current();
      const api = apiOf(told, text(parameters, 'ServiceId'), text(parameters, 'ApiId'));
      const service = serviceOf(told, api.serviceId);
      return {
        Result: {
          ...api.settings,
          ServiceId: service.id,
          ServiceName: optionalText(service.settings, 'ServiceName') ?? '',
          ApiId: api.id,
          CreatedTime: isoTime(api.createdAt),
          ModifiedTime: isoTime(api.modifiedAt),
          InternalDomain: '',
          Environments: Object.entries(service.releases)
            .filter(([, { apis }]) => apis.some(({ id }) => id === api.id))
            .map(([name]) => name),
        },
      };
    },
    DescribeApisStatus: (parameters) => {
      const told = books.current();
      const { id } = serviceOf(told, text(parameters, 'ServiceId'));
      const filters = objects(parameters, 'Filters');
      const found = told.apis
        .filter((api) => api.serviceId === id)
        .filter((api) => filters.every((filter) => passes(api, filter)));
      return {
        Result: { TotalCount: found.length, ApiIdStatusSet: page(found, parameters).map(statusRow) },
      };
    },
    DeleteApi: async (parameters) => {
      const [serviceId, id] = [text(parameters, 'ServiceId'), text(parameters, 'ApiId')];
      await books.change((told) => {
        apiOf(told, serviceId, id);
        return { told: withoutApi(told, id), result: undefined };
      });
      return { Result: true };
    },
  };
}

const LEFT = ['Region', 'ServiceId', 'ApiId'];

/** What was said of it, checked. Throws `TencentError`. */
export function apiSettings(parameters: JsonObject): JsonObject {
  const config = parameters['RequestConfig'];
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new TencentError(
      'MissingParameter',
      'The request is missing a required parameter `RequestConfig`.',
    );
  }
  const method = text(config, 'Method').toUpperCase();
  const path = text(config, 'Path');
  if (!METHODS.has(method)) {
    throw new TencentError('InvalidParameterValue.InvalidMethod', `${method} is no method of an API.`);
  }
  if (!/^(?:=|\^~)?\//.test(path)) {
    throw new TencentError('InvalidParameterValue', `The path of an API begins with /, not ${path}.`);
  }
  return {
    ApiType: 'NORMAL',
    AuthType: 'NONE',
    Protocol: 'HTTP',
    ServiceTimeout: 15,
    ...settingsOf(parameters, LEFT),
    RequestConfig: { ...config, Path: path, Method: method },
  };
}

/** Throws when the service is gone, or has such an API already. */
export function withApi(told: Told, api: Api): Told {
  serviceOf(told, api.serviceId);
  checkPath(told, api);
  return { ...told, apis: [...told.apis, api] };
}

function checkPath(told: Told, api: Api): void {
  const { Path, Method } = pathOf(api);
  const other = told.apis.find(
    (one) =>
      one.serviceId === api.serviceId &&
      one.id !== api.id &&
      pathOf(one).Path === Path &&
      pathOf(one).Method === Method,
  );
  if (other === undefined) return;
  throw new TencentError(
    'FailedOperation.ApiError',
    `There is an API with ${Method} ${Path} already: ${other.id}.`,
  );
}

/** From the service, from what is released, and from the plans. */
export function withoutApi(told: Told, id: string): Told {
  return {
    ...told,
    apis: told.apis.filter((api) => api.id !== id),
    services: told.services.map((service) => ({
      ...service,
      releases: Object.fromEntries(
        Object.entries(service.releases).map(([name, release]) => [
          name,
          { ...release, apis: release.apis.filter((api) => api.id !== id) },
        ]),
      ),
    })),
    plans: told.plans.map((plan) => ({
      ...plan,
      bindings: plan.bindings.filter(({ apiId }) => apiId !== id),
    })),
    apps: told.apps.map((app) => ({
      ...app,
      bindings: app.bindings.filter(({ apiId }) => apiId !== id),
    })),
  };
}

export function pathOf({ settings }: Api): { Path: string; Method: string } {
  const config = settings['RequestConfig'] as JsonObject;
  return { Path: text(config, 'Path'), Method: text(config, 'Method') };
}

export function statusRow(api: Api): JsonObject {
  const { settings } = api;
  return {
    ServiceId: api.serviceId,
    ApiId: api.id,
    ApiName: optionalText(settings, 'ApiName') ?? '',
    ApiDesc: optionalText(settings, 'ApiDesc') ?? '',
    ApiType: optionalText(settings, 'ApiType') ?? 'NORMAL',
    AuthType: optionalText(settings, 'AuthType') ?? 'NONE',
    Protocol: optionalText(settings, 'Protocol') ?? 'HTTP',
    ApiBusinessType: optionalText(settings, 'ApiBusinessType') ?? 'NORMAL',
    ...pathOf(api),
    CreatedTime: isoTime(api.createdAt),
    ModifiedTime: isoTime(api.modifiedAt),
  };
}

function passes(api: Api, filter: JsonObject): boolean {
  const values = texts(filter, 'Values');
  const known: Record<string, string | undefined> = {
    ApiId: api.id,
    ApiPath: pathOf(api).Path,
    Method: pathOf(api).Method,
    ApiName: optionalText(api.settings, 'ApiName'),
  };
  const value = known[text(filter, 'Name')];
  return value !== undefined && values.includes(value);
}
