import type { JsonObject } from '../../../../events/types.ts';
import { type Actions, objects, optionalText, page, text, texts } from '../../call-parameters.ts';
import { TencentError } from '../../service.ts';
import { changeService, type Desk, isoTime, newId, serviceOf, settingsOf } from '../books.ts';
import type { Service, Told } from '../types.ts';
import { statusRow } from './apis.ts';

/** In which environments a service can be. */
export const ENVIRONMENTS = ['test', 'prepub', 'release'];

export function serviceActions(desk: Desk): Actions {
  const { books, listeners, context } = desk;
  return {
    CreateService: async (parameters) => {
      const service = await makeService(
        desk,
        text(parameters, 'Region'),
        settingsOf(parameters, ['Region', 'Tags']),
      );
      const tags = objects(parameters, 'Tags').map((tag) => [text(tag, 'TagKey'), text(tag, 'TagValue')]);
      await context.peers.tags?.set(resourceOf(service), Object.fromEntries(tags) as Record<string, string>);
      const { ServiceName, ServiceDesc, NetTypes, OuterSubDomain, InnerSubDomain, IpVersion } = describe(
        desk,
        service,
      );
      return {
        ServiceId: service.id,
        ...{ ServiceName, ServiceDesc, NetTypes, OuterSubDomain, InnerSubDomain, IpVersion },
        CreatedTime: isoTime(service.createdAt),
      } as JsonObject;
    },
    ModifyService: async (parameters) => {
      const id = text(parameters, 'ServiceId');
      const settings = settingsOf(parameters, ['Region', 'ServiceId']);
      await changeService(books, id, (service) => ({
        ...service,
        modifiedAt: context.now(),
        settings: { ...service.settings, ...settings },
      }));
      return { ServiceId: id };
    },
    DescribeService: (parameters) =>
      describe(desk, serviceOf(books.current(), text(parameters, 'ServiceId'))),
    DescribeServicesStatus: (parameters) => {
      const filters = objects(parameters, 'Filters');
      const found = books
        .current()
        .services.filter((service) => service.region === optionalText(parameters, 'Region'))
        .filter((service) => filters.every((filter) => passes(service, filter)));
      return {
        Result: {
          TotalCount: found.length,
          ServiceSet: page(found, parameters).map((service) => describe(desk, service)),
        },
      };
    },
    DeleteService: async (parameters) => {
      const id = text(parameters, 'ServiceId');
      const gone = await books.change((told) => {
        const service = serviceOf(told, id);
        const { releases } = service;
        if (Object.keys(releases).length > 0) {
          throw new TencentError(
            'FailedOperation.ServiceError',
            'The service is released: unrelease it first.',
          );
        }
        if (told.apis.some((api) => api.serviceId === id)) {
          throw new TencentError('FailedOperation.ServiceError', 'The service still has APIs.');
        }
        return { told: withoutService(told, id), result: service };
      });
      await listeners.stop(id);
      await context.peers.tags?.set(resourceOf(gone), {});
      return { Result: true };
    },
    ReleaseService: async (parameters) => {
      const id = text(parameters, 'ServiceId');
      const environment = environmentOf(parameters, 'EnvironmentName');
      const description = optionalText(parameters, 'ReleaseDesc') ?? '';
      const only = texts(parameters, 'ApiIds');
      const now = context.now();
      const version = isoTime(now).replaceAll(/\D/g, '');
      await changeService(books, id, (service, told) => {
        const own = told.apis.filter((api) => api.serviceId === id);
        const before = service.releases[environment]?.apis ?? [];
        const apis =
          only.length === 0
            ? own
            : [
                ...before.filter((api) => !only.includes(api.id)),
                ...own.filter((api) => only.includes(api.id)),
              ];
        const release = { version, description, releasedAt: now, apis };
        return { ...service, releases: { ...service.releases, [environment]: release } };
      });
      return { Result: { ReleaseDesc: description, ReleaseVersion: version } };
    },
    UnReleaseService: async (parameters) => {
      const environment = environmentOf(parameters, 'EnvironmentName');
      await changeService(books, text(parameters, 'ServiceId'), (service) => {
        const { [environment]: _, ...releases } = service.releases;
        return { ...service, releases };
      });
      return { Result: true };
    },
    DescribeServiceEnvironmentList: (parameters) => {
      const service = serviceOf(books.current(), text(parameters, 'ServiceId'));
      const EnvironmentList = ENVIRONMENTS.map((name) => {
        const release = service.releases[name];
        return {
          EnvironmentName: name,
          Url: `http://${listeners.subDomain(service)}/${name}`,
          Status: release === undefined ? 0 : 1,
          VersionName: release?.version ?? '',
        };
      });
      return { Result: { TotalCount: EnvironmentList.length, EnvironmentList } };
    },
  };
}

/** One that answers at a port of its own, though it has nothing to answer yet. */
export async function makeService(
  { books, listeners, context }: Desk,
  region: string,
  settings: JsonObject,
  isOfTrigger = false,
): Promise<Service> {
  const id = newId('service');
  const now = context.now();
  const port = await listeners.start(id);
  const service: Service = {
    id,
    region,
    settings: { NetTypes: ['OUTER'], ...settings },
    createdAt: now,
    modifiedAt: now,
    port,
    releases: {},
    domains: [],
    ...(isOfTrigger ? { isOfTrigger } : {}),
  };
  await books.change((told) => ({
    told: { ...told, services: [...told.services, service] },
    result: undefined,
  }));
  return service;
}

/** And what was bound to it. */
export function withoutService(told: Told, id: string): Told {
  return {
    ...told,
    services: told.services.filter((service) => service.id !== id),
    plans: told.plans.map((plan) => ({
      ...plan,
      bindings: plan.bindings.filter(({ serviceId }) => serviceId !== id),
    })),
  };
}

export function environmentOf(parameters: JsonObject, name: string): string {
  const environment = text(parameters, name);
  if (ENVIRONMENTS.includes(environment)) return environment;
  throw new TencentError(
    'InvalidParameterValue.InvalidEnvironment',
    `There is no environment ${environment}.`,
  );
}

/** As tags name it. */
function resourceOf({ id, region }: Pick<Service, 'id' | 'region'>): string {
  return `qcs::apigw:${region}::service/${id}`;
}

function describe({ books, listeners, context }: Desk, service: Service): JsonObject {
  const { id, settings, releases, createdAt, modifiedAt } = service;
  const apis = books.current().apis.filter((api) => api.serviceId === id);
  const tags = context.peers.tags?.of(resourceOf(service)) ?? {};
  return {
    ServiceDesc: '',
    Protocol: 'http',
    IpVersion: 'IPv4',
    ...settings,
    ServiceId: id,
    AvailableEnvironments: Object.keys(releases),
    CreatedTime: isoTime(createdAt),
    ModifiedTime: isoTime(modifiedAt),
    OuterSubDomain: listeners.subDomain(service),
    InternalSubDomain: '',
    InnerSubDomain: '',
    ApiTotalCount: apis.length,
    ApiIdStatusSet: apis.map(statusRow),
    UsagePlanTotalCount: 0,
    UsagePlanList: [],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function passes({ id, settings }: Service, filter: JsonObject): boolean {
  const values = texts(filter, 'Values');
  const name = text(filter, 'Name');
  const value = name === 'ServiceId' ? id : optionalText(settings, name);
  return value !== undefined && values.includes(value);
}
