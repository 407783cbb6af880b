import { RopewayError } from '../../lib/errors.ts';

export interface AwsOptions {
  /** `eu-central-1`; see `findRegion`. */
  region: string;
  /** Of `~/.aws/config`. Goes before keys of the environment. */
  profile?: string | undefined;
  /** Instead of AWS's own: an emulator's. Absent: what `AWS_ENDPOINT_URL` says. */
  endpoint?: string | undefined;
  /** Go before all other places. */
  credentials?: Keys | undefined;
  /** Where keys, profile and endpoint are looked for beside: `process.env`, with what a `.env` says. */
  env?: Record<string, string | undefined>;
  /** Ends what is being done. */
  signal: AbortSignal;
  /** By which gateways of projects with the same names are told apart. */
  project?: string;
  /** How often a call that is throttled or gets no answer is tried; default 8. */
  tries?: number;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** That the SDK will need another Node in 2027 is for us to know (its version is pinned), not for who deploys. Before it is loaded. */
export function silenceSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/**
 * The region to deploy to: the given one, else `AWS_REGION`, `AWS_DEFAULT_REGION`, else that of the profile. Rejects with REGION_MISSING.
 */
export async function findRegion({
  region,
  profile,
  env = process.env,
}: Pick<AwsOptions, 'profile' | 'env'> & { region?: string | undefined }): Promise<string> {
  const told = region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  if (told !== undefined && told !== '') return told;
  silenceSdk();
  const { STS } = await import('@aws-sdk/client-sts');
  const named = profile ?? env['AWS_PROFILE'];
  try {
    return await new STS(named === undefined ? {} : { profile: named }).config.region();
  } catch (error) {
    throw new RopewayError({
      code: 'REGION_MISSING',
      message: 'No region is given for AWS.',
      expected:
        '`region: eu-central-1` in the inputs, AWS_REGION, or `region` in the profile in ~/.aws/config',
      cause: error,
    });
  }
}
