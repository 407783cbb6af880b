/** A policy that Tencent Cloud has made, whose id and document all accounts share. */
export interface PresetPolicy {
  id: number;
  name: string;
  description: string;
}

/** Those that deployments of functions attach to roles. */
export const PRESET_POLICIES: readonly PresetPolicy[] = [
  { id: 1, name: 'AdministratorAccess', description: 'All services and resources' },
  { id: 28341895, name: 'QcloudAccessForScfRole', description: 'What SCF needs of other services' },
  { id: 219188, name: 'QcloudCOSFullAccess', description: 'Full access to COS' },
  { id: 276202, name: 'QcloudCLSFullAccess', description: 'Full access to CLS' },
  { id: 534122, name: 'QcloudSCFFullAccess', description: 'Full access to SCF' },
  { id: 16300000, name: 'QcloudAPIGWFullAccess', description: 'Full access to API Gateway' },
  { id: 16300001, name: 'QcloudCDNFullAccess', description: 'Full access to CDN' },
  { id: 16300002, name: 'QcloudTAGFullAccess', description: 'Full access to tags' },
];

/** Id of one that is not in the list: 40,000,000 and more, the same for the same name. */
export function idOfPolicy(name: string): number {
  const known = PRESET_POLICIES.find((policy) => policy.name === name);
  if (known !== undefined) return known.id;
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + sign.codePointAt(0)!) % 10_000_000;
  return 40_000_000 + sum;
}
