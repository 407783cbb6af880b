import type { AppSettings } from './settings.ts';

/** Whether answers may come part by part. Function URLs of AWS do not stream from within a VPC (Lambda Developer Guide, "VPC compatibility with response streaming"). */
export function streamsOn(target: string, { stream, cloud }: Pick<AppSettings, 'stream' | 'cloud'>): boolean {
  const isInVpc = (cloud.vpc?.subnets ?? []).some((id) => id !== '');
  return stream && !(target === 'aws' && isInVpc);
}
