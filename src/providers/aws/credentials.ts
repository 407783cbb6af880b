import type { AwsOptions, Keys } from './options.ts';

/**
 * What a client is told of credentials: given ones, else those of the profile, else keys of the environment, else nothing: the SDK's own
 * chain (environment, profile, SSO, web identity, the role of the container or instance).
 */
export async function credentialsOf({
  credentials,
  profile,
  env = process.env,
  region,
}: AwsOptions): Promise<{ credentials: Keys | Provider }> {
  if (credentials !== undefined) return { credentials };
  const keys = profile === undefined ? keysOf(env) : undefined;
  if (keys !== undefined) return { credentials: keys };
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const named = profile ?? env['AWS_PROFILE'];
  return {
    credentials: fromNodeProviderChain({
      clientConfig: { region },
      ...(named === undefined || named === '' ? {} : { profile: named }),
    }),
  };
}

type Provider = ReturnType<(typeof import('@aws-sdk/credential-providers'))['fromNodeProviderChain']>;

function keysOf(env: Record<string, string | undefined>): Keys | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (!id || !secret) return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
}
