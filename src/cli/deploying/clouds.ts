import { RopewayError } from '../../lib/errors.ts';
import type { Provider } from '../../providers/types.ts';

export interface CloudOptions {
  target: 'tencent' | 'aws';
  /** The process's, with what the `.env` files of the project say. */
  env: Record<string, string | undefined>;
  /** Name of the project. */
  project: string;
  signal: AbortSignal;
}

/** Opens a cloud: `providerFor` gives the provider of a region, without one that of the default region. The SDK is loaded only now. */
export async function openCloud(options: CloudOptions): Promise<(region: string | undefined) => Provider> {
  if (options.target === 'tencent')
    throw new RopewayError({ code: 'NOT_YET', message: 'Deploying to tencent is not there yet.' });
  const make = await awsMaker(options);
  const made = new Map<string, Provider>();
  return (region) => {
    const key = region ?? '';
    const provider = made.get(key) ?? make(region);
    made.set(key, provider);
    return provider;
  };
}

type Maker = (region: string | undefined) => Provider;

async function awsMaker({ env, project, signal }: CloudOptions): Promise<Maker> {
  const { awsProvider } = await import('../../providers/aws/provider.ts');
  const { findRegion } = await import('../../providers/aws/options.ts');
  const home = await findRegion({ env }).catch((error: unknown) => error as Error);
  return (region) => {
    // Inputs may name one.
    if (region === undefined && home instanceof Error) throw home;
    return awsProvider({ region: region ?? (home as string), env, project, signal });
  };
}
