import type { Provider } from '../../providers/types.ts';

export interface CloudOptions {
  target: 'tencent' | 'aws';
  /** The process's, with what the `.env` files of the project say. */
  env: Record<string, string | undefined>;
  /** Name of the project. */
  project: string;
  signal: AbortSignal;
  onNotice(message: string): void;
}

/** Opens a cloud: `providerFor` gives the provider of a region, without one that of the default region. The SDK is loaded when something is called. */
export async function openCloud(options: CloudOptions): Promise<(region: string | undefined) => Provider> {
  const make = options.target === 'aws' ? await awsMaker(options) : await tencentMaker(options);
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

async function tencentMaker({ env, signal, onNotice }: CloudOptions): Promise<Maker> {
  const { tencentProvider } = await import('../../providers/tencent/provider.ts');
  const { findRegion } = await import('../../providers/tencent/options.ts');
  return (region) =>
    tencentProvider({ region: region ?? findRegion({ env }), env, signal, onNote: onNotice });
}
