import type { JsonObject } from '../../../../events/types.ts';
import { type Actions, flag, objects, optionalText, page, text } from '../../call-parameters.ts';
import { TencentError } from '../../service.ts';
import { changeService, type Desk, serviceOf, settingsOf } from '../books.ts';
import type { Domain } from '../types.ts';

/** Domains of services: a request that names one as its host is answered at the service's own port. */
export function domainActions({ books }: Desk): Actions {
  return {
    BindSubDomain: async (parameters) => {
      const name = text(parameters, 'SubDomain');
      const isDefaultMapping = flag(parameters, 'IsDefaultMapping', true);
      const paths = objects(parameters, 'PathMappingSet').map((one) => ({
        path: text(one, 'Path'),
        environment: text(one, 'Environment'),
      }));
      if (!isDefaultMapping && paths.length === 0) {
        throw new TencentError('FailedOperation.DefineMappingNotNull', 'PathMappingSet must not be empty.');
      }
      const settings = settingsOf(parameters, ['Region', 'ServiceId', 'PathMappingSet', 'IsDefaultMapping']);
      const domain: Domain = { name, settings, isDefaultMapping, paths };
      await changeService(books, text(parameters, 'ServiceId'), (service, told) => {
        const owner = told.services.find(({ domains }) => domains.some((one) => one.name === name));
        if (owner !== undefined) {
          throw new TencentError(
            owner.id === service.id
              ? 'FailedOperation.DomainAlreadyBindService'
              : 'FailedOperation.DomainAlreadyBindOtherService',
            `${name} is bound to ${owner.id} already.`,
          );
        }
        return { ...service, domains: [...service.domains, domain] };
      });
      return {};
    },
    UnBindSubDomain: async (parameters) => {
      const name = text(parameters, 'SubDomain');
      await changeService(books, text(parameters, 'ServiceId'), (service) => {
        if (!service.domains.some((one) => one.name === name)) throw notBound(name);
        return { ...service, domains: service.domains.filter((one) => one.name !== name) };
      });
      return { Result: true };
    },
    DescribeServiceSubDomains: (parameters) => {
      const { domains } = serviceOf(books.current(), text(parameters, 'ServiceId'));
      return {
        Result: { TotalCount: domains.length, DomainSet: page(domains, parameters).map(domainRow) },
      };
    },
    DescribeServiceSubDomainMappings: (parameters) => {
      const { domains } = serviceOf(books.current(), text(parameters, 'ServiceId'));
      const name = text(parameters, 'SubDomain');
      const domain = domains.find((one) => one.name === name);
      if (domain === undefined) throw notBound(name);
      return {
        Result: {
          IsDefaultMapping: domain.isDefaultMapping,
          PathMappingSet: domain.paths.map(({ path, environment }) => ({
            Path: path,
            Environment: environment,
          })),
        },
      };
    },
  };
}

function notBound(name: string): TencentError {
  return new TencentError('FailedOperation.DomainNotBindService', `${name} is not bound to the service.`);
}

function domainRow({ name, settings, isDefaultMapping }: Domain): JsonObject {
  return {
    DomainName: name,
    Status: 1,
    CertificateId: optionalText(settings, 'CertificateId') ?? '',
    IsDefaultMapping: isDefaultMapping,
    Protocol: optionalText(settings, 'Protocol') ?? 'http',
    NetType: optionalText(settings, 'NetType') ?? 'OUTER',
    IsForcedHttps: flag(settings, 'IsForcedHttps'),
    RegistrationStatus: true,
  };
}
