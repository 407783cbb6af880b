import type { FunctionBooks } from '../context.ts';
import { TencentError, UIN } from '../service.ts';

/** A resource in six parts: `qcs::scf:ap-guangzhou:uin/100000000001:lam/lam-abcdefgh`. */
export interface Resource {
  service: string;
  region: string;
  /** `lam` */
  prefix: string;
  /** `lam-abcdefgh` */
  id: string;
}

/** Throws InvalidParameterValue.ResourceDescriptionError. Without an account it is one of the only account. */
export function parseResource(text: string): Resource {
  const [, service, region, prefix, id] = /^qcs:[^:]*:([^:]+):([^:]*):[^:]*:([^/]+)\/(.+)$/.exec(text) ?? [];
  if (service === undefined || region === undefined || prefix === undefined || id === undefined) {
    throw new TencentError(
      'InvalidParameterValue.ResourceDescriptionError',
      `${text} is not a description of a resource in six parts.`,
    );
  }
  return { service, region, prefix, id };
}

export function resourceText({ service, region, prefix, id }: Resource): string {
  return `qcs::${service}:${region}:uin/${UIN}:${prefix}/${id}`;
}

/** Functions have two names, `lam/lam-abcdefgh` and `namespace/default/function/hello`: both become the second. */
export function canonical(resource: Resource, functions: FunctionBooks | undefined): Resource {
  if (resource.service !== 'scf' || resource.prefix !== 'lam') return resource;
  const found = functions?.byId(resource.id);
  if (found === undefined) return resource;
  return { ...resource, prefix: 'namespace', id: `${found.namespace}/function/${found.name}` };
}
