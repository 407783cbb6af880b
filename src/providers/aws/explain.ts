import { systemCode } from '../../lib/errors.ts';
import type { Explanation } from '../cloud-error.ts';
import { iamActions, type Service } from './actions.ts';

/** An error of the SDK, as far as it is known. */
export interface AwsFailure {
  service: Service;
  /** `CreateFunction` */
  operation: string;
  region: string;
  profile?: string | undefined;
  /** `ResourceConflictException`; a system's code (`ENOTFOUND`) when no answer came. */
  code: string;
  message: string;
  status?: number | undefined;
}

interface Row {
  code: RegExp;
  /** Of the message, too. */
  message?: RegExp;
  explain(failure: AwsFailure): Explanation;
}

const SERVICES: Record<Service, string> = {
  apigatewayv2: 'API Gateway',
  iam: 'IAM',
  lambda: 'Lambda',
  logs: 'CloudWatch Logs',
  s3: 'S3',
  sts: 'STS',
};

/** Where credentials are looked for, in the order of the SDK's default chain. */
const CHAIN =
  'the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), the profile (`profile`, AWS_PROFILE, ~/.aws/config), its SSO session (`aws sso login`), a web identity, and the role of the instance or container';

/** The first row that fits counts. */
const ROWS: Row[] = [
  {
    code: /^(CredentialsProviderError|TokenProviderError)$/,
    message: /expired|sso|refresh/i,
    explain: (failure) => ({
      code: 'CREDENTIALS_EXPIRED',
      means: 'The session of the AWS credentials is over.',
      fix: `aws sso login${profileOption(failure)}`,
    }),
  },
  {
    code: /^(CredentialsProviderError|TokenProviderError)$/,
    explain: () => ({
      code: 'CREDENTIALS_MISSING',
      means: 'There are no AWS credentials.',
      fix: `put them into one of the places that are looked at: ${CHAIN}`,
    }),
  },
  {
    code: /^(RequestTimeTooSkewed|RequestExpired|InvalidSignatureException|SignatureDoesNotMatch)$/,
    message: /skew|expired|not yet current|too large/i,
    explain: () => ({
      code: 'CREDENTIALS_WRONG',
      means: 'The clock of this machine is not right: AWS does not take signatures of another time.',
      fix: 'set the clock (`timedatectl set-ntp true`)',
    }),
  },
  {
    code: /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/,
    explain: (failure) => ({
      code: 'CREDENTIALS_EXPIRED',
      means: 'The AWS credentials have expired.',
      fix: `get new ones: \`aws sso login${profileOption(failure)}\`, or a new AWS_SESSION_TOKEN with its keys`,
    }),
  },
  {
    code: /^(AuthorizationHeaderMalformed|PermanentRedirect|IllegalLocationConstraintException|301)$|^InvalidSignatureException$/,
    message: /region|endpoint|location|^301$/i,
    explain: wrongRegion,
  },
  {
    code: /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature(Exception)?|MissingAuthenticationToken(Exception)?|InvalidToken|AuthFailure)$/,
    explain: ({ region }) => ({
      code: 'CREDENTIALS_WRONG',
      means: 'AWS does not know these credentials, or the secret is not the one of the key.',
      fix: `compare AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY with those of the account; when they are right, the region ${region} may not be enabled in it`,
    }),
  },
  {
    code: /^OptInRequired$/,
    explain: wrongRegion,
  },
  {
    code: /^(AccessDenied|AccessDeniedException|Forbidden|403)$/,
    message: /BlockPublicPolicy|block public|public access/i,
    explain: () => ({
      code: 'ACCESS_DENIED',
      means: 'The account does not let buckets be public, so nobody could see the site.',
      fix: 'S3 > Block Public Access settings for this account: allow public bucket policies; or deploy the site with `routes: none` and put CloudFront before it',
    }),
  },
  {
    code: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized|Forbidden|403)$/,
    explain: (failure) => {
      const needed = deniedAction(failure);
      return {
        code: 'ACCESS_DENIED',
        means: `These credentials may not do ${needed}.`,
        fix: `allow ${needed} in an IAM policy of theirs; docs/aws.md has one with all that is needed`,
      };
    },
  },
  {
    code: /Throttl|^(TooManyRequestsException|TooManyRequests|RequestLimitExceeded|BandwidthLimitExceeded|SlowDown|ProvisionedThroughputExceededException|RequestThrottled(Exception)?|429)$/,
    explain: ({ service }) => ({
      code: 'THROTTLED',
      means: `AWS takes no more calls of ${SERVICES[service]} now, even after several tries.`,
      fix: 'do it again in a minute; what is done already is not done twice',
    }),
  },
  {
    code: /^InvalidParameterValueException$/,
    message: /UnreservedConcurrentExecution/,
    explain: () => ({
      code: 'QUOTA_REACHED',
      means:
        'The account has too few instances to keep so many for one function (`concurrency`, `reserved`).',
      fix: 'a smaller number, or none; new accounts have 10 in all: ask for more (Service Quotas > AWS Lambda > Concurrent executions)',
    }),
  },
  {
    code: /^(CodeStorageExceededException|LimitExceeded(Exception)?|ServiceQuotaExceededException|TooManyBuckets|ENILimitReachedException|SubnetIPAddressLimitReachedException|PolicyLengthExceededException)$/,
    explain: ({ service }) => ({
      code: 'QUOTA_REACHED',
      means: `A quota of ${SERVICES[service]} is reached.`,
      fix: 'remove what is not needed any more, or ask for more (Service Quotas)',
    }),
  },
  {
    code: /^(RequestEntityTooLargeException|RequestTooLargeException|EntityTooLarge|413)$/,
    explain: ({ operation }) => ({
      code: 'PACKAGE_TOO_LARGE',
      means:
        operation === 'Invoke'
          ? 'The event is larger than the 6 MB that Lambda takes.'
          : 'The package is larger than AWS takes.',
      fix: operation === 'Invoke' ? 'send less at once' : 'leave out what the app does not need (`exclude`)',
    }),
  },
  {
    code: /^InvalidParameterValueException$/,
    message: /unzipped size|layers consume more than/i,
    explain: () => ({
      code: 'PACKAGE_TOO_LARGE',
      means: 'Code and layers together unpack to more than the 250 MB that Lambda takes.',
      fix: 'leave out what the app does not need (`exclude`); `ropeway build` shows what is large',
    }),
  },
  {
    code: /^InvalidParameterValueException$/,
    message: /environment variables.*(4 ?KB|exceeded)/is,
    explain: () => ({
      code: 'CLOUD_REFUSED',
      means: 'The environment is larger than the 4 KB that Lambda takes.',
      fix: 'keep large values in a file of the package, or in Parameter Store',
    }),
  },
  {
    code: /^InvalidParameterValueException$/,
    message: /cannot be assumed/,
    explain: () => ({
      code: 'CLOUD_REFUSED',
      means: 'Lambda may not take the role that the function is to run with.',
      fix: "let lambda.amazonaws.com do sts:AssumeRole in the role's trust policy; a role that is new needs some seconds",
    }),
  },
  {
    code: /^BucketAlreadyExists$/,
    explain: () => ({
      code: 'NAME_TAKEN',
      means: 'Another account has a bucket of this name.',
      fix: 'give the site another `name`',
    }),
  },
  {
    code: /^(EntityAlreadyExists(Exception)?|ResourceConflictException|BucketAlreadyOwnedByYou)$/,
    message: /exist/i,
    explain: ({ service }) => ({
      code: 'NAME_TAKEN',
      means: `There is something of this name in ${SERVICES[service]} already.`,
      fix: 'give this one another name, or remove the other one',
    }),
  },
  {
    code: /^(ResourceConflictException|ResourceInUseException|ConflictException|OperationAborted|ConcurrentModification(Exception)?|DeleteConflict(Exception)?|ResourceNotReadyException|EC2ThrottledException|BucketNotEmpty)$/,
    explain: ({ service }) => ({
      code: 'CLOUD_BUSY',
      means: `Something else is being done to it in ${SERVICES[service]}, even after several tries.`,
      fix: 'do it again when that is done; what is done already is not done twice',
    }),
  },
  {
    code: /^(ResourceNotFoundException|NoSuchEntity(Exception)?|NotFoundException|NoSuchBucket|NotFound|404)$/,
    explain: ({ service }) => ({
      code: 'NOT_THERE',
      means: `What this needs is not there in ${SERVICES[service]} (any more).`,
      fix: 'ropeway deploy makes what is missing',
    }),
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|TimeoutError|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_\w+)$/,
    explain: ({ service, region }) => ({
      code: 'CLOUD_UNREACHABLE',
      means: `${SERVICES[service]} in ${region} cannot be reached.`,
      fix: 'look at the network and its proxy (HTTPS_PROXY), at the name of the region, and at AWS_ENDPOINT_URL if it is set',
    }),
  },
];

/** What an error of AWS means, and what to do. */
export function explain(failure: AwsFailure): Explanation {
  const row = ROWS.find(
    ({ code, message }) =>
      code.test(failure.code) && (message === undefined || message.test(failure.message)),
  );
  if (row !== undefined) return row.explain(failure);
  const { service, status } = failure;
  if (status !== undefined && status >= 400 && status < 500) {
    return { code: 'CLOUD_REFUSED', means: `${SERVICES[service]} does not take what it was asked for.` };
  }
  return {
    code: 'CLOUD_FAILED',
    means: `${SERVICES[service]} failed.`,
    fix: 'do it again; what is done already is not done twice. health.aws.amazon.com says what is out of order',
    fault: 'system',
  };
}

/** Name or code of whatever the SDK throws. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  // An answer that is none of AWS's own, but of something that stands between, or in its place.
  if (error instanceof SyntaxError) return String($metadata?.httpStatusCode ?? error.name);
  const system = systemCode(error);
  return system !== undefined && error.name === 'Error' ? system : error.name;
}

function wrongRegion({ service, region }: AwsFailure): Explanation {
  return {
    code: 'WRONG_REGION',
    means: `${SERVICES[service]} in ${region} is not where this belongs, or the account does not have this region.`,
    fix: 'the region that it is in (`region`, AWS_REGION), or enable this one: Account > AWS Regions',
  };
}

/** AWS says mostly which action it was that was not allowed. */
function deniedAction({ service, operation, message }: AwsFailure): string {
  const [, told] = /perform:? ([\w-]+:\w+)/.exec(message) ?? [];
  return told ?? iamActions(service, operation)?.[0] ?? `${service}:${operation}`;
}

function profileOption({ profile }: AwsFailure): string {
  return profile === undefined ? '' : ` --profile ${profile}`;
}
