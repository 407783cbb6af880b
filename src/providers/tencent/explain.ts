import type { Explanation } from '../cloud-error.ts';
import { camActions } from './actions.ts';
import { PLACES } from './credentials.ts';

/** An error of the SDKs, as far as it is known. */
export interface TencentFailure {
  /** `scf`, `cos`, `cam`, `tag` */
  service: string;
  /** `CreateFunction`, `putBucket` */
  action: string;
  region: string;
  /** `ResourceInUse.Function`; a system's code (`ENOTFOUND`) when no answer came. */
  code: string;
  message: string;
  status?: number | undefined;
}

interface Row {
  code: RegExp;
  /** Of the message, too. */
  message?: RegExp;
  explain(failure: TencentFailure): Explanation;
}

const SERVICES: Record<string, string> = { scf: 'SCF', cos: 'COS', cam: 'CAM', tag: 'the tag service' };
const AGAIN = 'do it again; what is done already is not done twice';
const ROLE_FIX =
  'open https://console.cloud.tencent.com/scf once and let SCF have its role (SCF_QcsRole); a role of your own (`role`) has to trust scf.qcloud.com';

/** The first row that fits counts. Codes: doc 583/17244 (SCF), 436/7730 (COS), 213/30435 (common ones). */
const ROWS: Row[] = [
  {
    code: /^(AuthFailure\.SignatureExpire|RequestTimeTooSkewed|RequestIsExpired)$/,
    explain: () => ({
      code: 'CREDENTIALS_WRONG',
      means:
        'The clock of this machine is not right: Tencent Cloud does not take signatures of another time.',
      fix: 'set the clock (`timedatectl set-ntp true`)',
    }),
  },
  {
    code: /^(AuthFailure\.TokenFailure|ExpiredToken|InvalidToken|TokenExpired)$/,
    explain: () => ({
      code: 'CREDENTIALS_EXPIRED',
      means: 'The Tencent Cloud keys were for a time, and that is over.',
      fix: 'get new ones (`tccli auth login`), or a new TENCENTCLOUD_TOKEN with its keys',
    }),
  },
  { code: /^AuthFailure\.UnauthorizedOperation$/, explain: denied },
  {
    code: /^(AuthFailure(\..*)?|SignatureDoesNotMatch|InvalidAccessKeyId|InvalidSecretId|FailedOperation\.AuthFailure)$/,
    explain: () => ({
      code: 'CREDENTIALS_WRONG',
      means: 'Tencent Cloud does not know these keys, or the secret is not the one of the id.',
      fix: `compare them with those at https://console.cloud.tencent.com/cam/capi; they are taken from ${PLACES}, in this order`,
    }),
  },
  {
    code: /^(UnauthorizedOperation\.(Region|NotMC)|UnsupportedRegion|UnsupportedOperation\.(NotSupportRegion|Region)|InvalidRegion|InvalidParameterValue\.(CosBucketRegion|ApmConfigRegion|CfsRegion|CosFsRegion)|301|PermanentRedirect)$/,
    explain: wrongRegion,
  },
  {
    code: /^(UnauthorizedOperation\.Role|InvalidParameter\.RoleCheck|ResourceNotFound\.(Role|RoleCheck)|InvalidParameterValue\.ClsRole|FailedOperation\.(QcsRoleNotFound|CallRoleFailed)|InternalError\.(GetRoleError|GetStsTokenFailed))$/,
    explain: ({ action }) => ({
      code: 'ACCESS_DENIED',
      means: `SCF may not take the role that ${action} needs, or it is not there.`,
      fix: ROLE_FIX,
    }),
  },
  { code: /^(UnauthorizedOperation(\..*)?|AccessDenied|403)$/, explain: denied },
  {
    code: /^(RequestLimitExceeded(\..*)?|LimitExceeded(\.(Qps|Frequency|Request)\w*)?|SlowDown|429)$/,
    explain: ({ service }) => ({
      code: 'THROTTLED',
      means: `Tencent Cloud takes no more calls of ${nameOf(service)} now, even after several tries.`,
      fix: 'do it again in a minute; what is done already is not done twice',
    }),
  },
  {
    code: /^(FailedOperation\.(AccountInsufficient|InsufficientBalance)|ResourceUnavailable\.(InsufficientBalance|ServiceSuspended)|OperationDenied\.AccountIsolate|Arrears\w*)$/,
    explain: () => ({
      code: 'QUOTA_REACHED',
      means: 'The account has no money left, and Tencent Cloud has stopped its services.',
      fix: 'pay at https://console.cloud.tencent.com/expense, then do it again',
    }),
  },
  {
    code: /^(FailedOperation\.(ServiceClosed|OpenService|UnOpenedService|ClsServiceUnregistered)|OperationDenied\.AccountNotExists)$/,
    explain: ({ service }) => ({
      code: 'ACCESS_DENIED',
      means: `The account has not opened ${nameOf(service)}, or a service that it needs.`,
      fix: 'open it once in the console: https://console.cloud.tencent.com/scf (for logs /cls, for buckets /cos)',
    }),
  },
  {
    code: /^(LimitExceeded\.(FunctionProvisionedConcurrencyMemory|FunctionReservedConcurrencyMemory|FunctionTotalProvisionedConcurrency\w+|TotalConcurrencyMemory|UserTotalConcurrencyMemory|MaxCapacity)|FailedOperation\.(ProvisionedExceedAvailable|ProvisionedExceedReserved|ReservedExceedTotal|InsufficientResources))$/,
    explain: () => ({
      code: 'QUOTA_REACHED',
      means: 'There is not enough memory left to keep so many instances for one function.',
      fix: 'a smaller `minInstances`, `concurrency` or `reserved`, or less `memory`; a region has 128,000 MB, of which 12,800 MB stay for all',
    }),
  },
  {
    code: /^(InvalidParameter\.RequestTooLarge|RequestSizeLimitExceeded|InvalidParameterValue\.(ZipFile|InlineZipFile)|EntityTooLarge|413)$/,
    explain: ({ action }) => ({
      code: 'PACKAGE_TOO_LARGE',
      means:
        action === 'Invoke'
          ? 'The event is larger than the 6 MB that SCF takes.'
          : 'The package is larger than SCF takes, or is no zip.',
      fix: 'leave out what the app does not need (`exclude`); `ropeway build` shows what is large',
    }),
  },
  {
    code: /^LimitExceeded\.(InitTimeout|Memory|MsgTTL|Offset|RetryNum|Timeout|ProvisionTriggerAction|ProvisionTriggerInterval)$|^InvalidParameterValue\.LimitExceeded$/,
    explain: ({ code }) => ({
      code: 'CLOUD_REFUSED',
      means: `A value is beyond what SCF takes (${lastWord(code)}).`,
      fix: 'memory: 64 or 128 to 3072 MB; timeout: 1 to 900 s; docs/tencent.md has all limits',
    }),
  },
  {
    code: /^(LimitExceeded\..*|ResourceInsufficient(\..*)?|TooManyBuckets|FunctionsQuota\w*)$/,
    explain: ({ service, code }) => ({
      code: 'QUOTA_REACHED',
      means: `A quota of ${nameOf(service)} is reached (${lastWord(code)}).`,
      fix: 'remove what is not needed any more, or ask for more: https://console.cloud.tencent.com/workorder (a namespace has 50 functions, a function 10 triggers of a kind)',
    }),
  },
  {
    code: /^InvalidParameterValue\.(EnvironmentExceededLimit|Environment|EnvironmentSystemProtect|SystemEnvironment)$/,
    explain: () => ({
      code: 'CLOUD_REFUSED',
      means:
        'SCF does not take this environment: names have letters, digits and _, none begins with SCF_, QCLOUD_ or TENCENTCLOUD_, and all together has 4 KB at most.',
      fix: 'rename what is named so, and keep large values in a file of the package',
    }),
  },
  {
    code: /^(InvalidParameterValue\.Runtime|MissingParameter\.Runtime|InvalidParameterValue\.CompatibleRuntimes)$/,
    explain: () => ({
      code: 'CLOUD_REFUSED',
      means:
        'SCF does not know this runtime, or it is not the one that the function has: that never changes.',
      fix: '`runtime: python3.10` or `nodejs20`; for another one than the function has, give it a new `name`',
    }),
  },
  {
    code: /^(InvalidParameterValue\.Domain|FailedOperation\.(CNAME|Ssl|Domain\.UnExist))$/,
    explain: () => ({
      code: 'CLOUD_REFUSED',
      means: 'SCF does not take this domain or its certificate.',
      fix: 'the domain needs a CNAME to <appid>.<region>.tencentscf.com, in mainland China an ICP filing, and for https a certificate of https://console.cloud.tencent.com/ssl',
    }),
  },
  {
    code: /^FailedOperation\.DeleteTrigger\.UrlUsed$/,
    explain: () => ({
      code: 'CLOUD_BUSY',
      means: 'A custom domain leads to this function URL, so it cannot be removed.',
      fix: 'remove the route or domain first, then do it again',
    }),
  },
  {
    code: /^(ResourceInUse\.LayerVersion|UnsupportedOperation\.AliasBind|ResourceInUse\.(Alias|Trigger|TriggerName)|BucketNotEmpty)$/,
    explain: ({ code }) => ({
      code: 'CLOUD_BUSY',
      means: `Something else still uses it, or is there already (${lastWord(code)}).`,
      fix: AGAIN,
    }),
  },
  {
    code: /^BucketAlreadyExists$/,
    explain: () => ({
      code: 'NAME_TAKEN',
      means: 'There is a bucket of this name in another region or account.',
      fix: 'give the site another `name`',
    }),
  },
  {
    code: /^(ResourceInUse(\..*)?|BucketAlreadyOwnedByYou|DomainConflict\w*)$/,
    explain: ({ service }) => ({
      code: 'NAME_TAKEN',
      means: `There is something of this name in ${nameOf(service)} already.`,
      fix: 'give this one another name, or remove the other one',
    }),
  },
  {
    code: /^(ResourceNotFound(\..*)?|ResourceUnavailable\.Namespace|NoSuch\w+|FailedOperation\.(ClusterNotFound|InstanceNotFound|TopicNotExist|Namespace)|404)$/,
    explain: ({ service, code }) => ({
      code: 'NOT_THERE',
      means: `What this needs is not there in ${nameOf(service)} (any more): ${lastWord(code)}.`,
      fix: 'ropeway deploy makes what is missing; a VPC, layer, role, or topic that the inputs name has to be there before',
    }),
  },
  {
    code: /^(FailedOperation\.(FunctionStatusError|FunctionNameStatusError|FunctionVersionStatusNotActive|OperationConflict|ProvisionedInProgress|ReservedInProgress|TotalConcurrencyMemoryInProgress|UpdateStatus|AsyncEventStatus|DebugModeStatus|DebugModeUpdateTimeOutFail|UpdateTriggerStatus)|OperationAborted)$/,
    explain: ({ service }) => ({
      code: 'CLOUD_BUSY',
      means: `Something else is being done to it in ${nameOf(service)}, even after several tries.`,
      fix: 'do it again when that is done; what is done already is not done twice',
    }),
  },
  {
    code: /^(InvalidParameter(Value)?(\..*)?|MissingParameter(\..*)?|UnknownParameter|InvalidRequest|UnsupportedOperation(\..*)?|OperationDenied(\..*)?|Malformed\w+|Invalid[A-Z]\w+|400)$/,
    explain: ({ service, code }) => ({
      code: 'CLOUD_REFUSED',
      means: `${nameOf(service)} does not take what it was asked for (${lastWord(code)}).`,
      fix: 'what it says names the value; docs/tencent.md has the limits',
    }),
  },
  {
    code: /^FailedOperation(\..*)?$/,
    explain: ({ service, action }) => ({
      code: 'CLOUD_REFUSED',
      means: `${nameOf(service)} could not do ${action}.`,
      fix: AGAIN,
    }),
  },
  {
    code: /^(InternalError(\..*)?|ServiceUnavailable|ResourceUnavailable(\..*)?|5\d\d)$/,
    explain: failedItself,
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ESOCKETTIMEDOUT|EHOSTUNREACH|ENETUNREACH|TIMEOUT|NO_ANSWER|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_\w+)$/,
    explain: ({ service, region }) => ({
      code: 'CLOUD_UNREACHABLE',
      means: `${nameOf(service)} in ${region} cannot be reached.`,
      fix: 'look at the network and its proxy (HTTPS_PROXY), at the name of the region, and at TENCENTCLOUD_ENDPOINT if it is set',
    }),
  },
];

/** What an error of Tencent Cloud means, and what to do. */
export function explain(failure: TencentFailure): Explanation {
  return rowOf(failure)?.explain(failure) ?? failedItself(failure);
}

/** Whether a code is one that the table knows. */
export function isKnown(code: string): boolean {
  return rowOf({ code, message: '' }) !== undefined;
}

function rowOf(failure: Pick<TencentFailure, 'code' | 'message'>): Row | undefined {
  return ROWS.find(
    ({ code, message }) =>
      code.test(failure.code) && (message === undefined || message.test(failure.message)),
  );
}

function failedItself({ service }: TencentFailure): Explanation {
  return {
    code: 'CLOUD_FAILED',
    means: `${nameOf(service)} failed.`,
    fix: `${AGAIN}. https://status.cloud.tencent.com says what is out of order`,
    fault: 'system',
  };
}

function wrongRegion({ service, region }: TencentFailure): Explanation {
  return {
    code: 'WRONG_REGION',
    means: `${nameOf(service)} in ${region} does not have this, or the account may not use the region.`,
    fix: 'another region (`region`, TENCENTCLOUD_REGION): ap-guangzhou, ap-shanghai, ap-beijing, ap-chengdu, ap-hongkong, ap-singapore…',
  };
}

/** Tencent Cloud says mostly which action it was: `…perform operation (scf:CreateFunction)…`. */
function denied({ service, action, message }: TencentFailure): Explanation {
  const [, told] = /operation \(([\w-]+:\w+)\)/.exec(message) ?? [];
  const needed = told ?? camActions(service, action)?.[0] ?? `${service}:${action}`;
  return {
    code: 'ACCESS_DENIED',
    means: `These keys may not do ${needed}.`,
    fix: `allow ${needed} in a CAM policy of their user (https://console.cloud.tencent.com/cam/policy); docs/tencent.md has one with all that is needed`,
  };
}

function nameOf(service: string): string {
  return SERVICES[service] ?? service;
}

/** `Function` of `LimitExceeded.Function`. */
function lastWord(code: string): string {
  return code.slice(code.indexOf('.') + 1);
}
