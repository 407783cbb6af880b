import type { Service } from './actions.ts';

/** What the SDK does not try again by itself, and what goes right after a while. `tries` with waits of up to 5 s. */
const PASSING: { service: Service; operation?: RegExp; code: RegExp; message?: RegExp; tries: number }[] = [
  // A role that is new is not known everywhere at once: some ten seconds, seldom more.
  {
    service: 'lambda',
    operation: /^(Create|Update)Function/,
    code: /^(InvalidParameterValueException|AccessDeniedException)$/,
    message: /cannot be assumed by Lambda|does not have permissions to call \w+ on EC2|KMS|principal/,
    tries: 14,
  },
  {
    service: 'lambda',
    code: /^ResourceConflictException$/,
    message: /in progress|pending|concurrent|at this time/i,
    tries: 14,
  },
  { service: 'lambda', code: /^(ResourceNotReadyException|EC2ThrottledException)$/, tries: 10 },
  // An update of a provisioned concurrency is still going on.
  { service: 'lambda', operation: /ProvisionedConcurrency/, code: /^ResourceInUseException$/, tries: 10 },
  { service: 'iam', code: /^(ConcurrentModification|DeleteConflict)(Exception)?$/, tries: 8 },
  { service: 'apigatewayv2', code: /^ConflictException$/, message: /concurrent|try again/i, tries: 8 },
  { service: 's3', code: /^OperationAborted$/, tries: 10 },
  // That a bucket is there, and may be public, is not known everywhere at once.
  { service: 's3', operation: /^Put/, code: /^NoSuchBucket$/, tries: 5 },
  {
    service: 's3',
    operation: /^PutBucketPolicy$/,
    code: /^AccessDenied$/,
    message: /BlockPublicPolicy|block public/i,
    tries: 6,
  },
];

/** How often to try in all; 1: it does not pass. */
export function triesOf(service: Service, operation: string, code: string, message: string): number {
  const found = PASSING.find(
    (one) =>
      one.service === service &&
      (one.operation?.test(operation) ?? true) &&
      one.code.test(code) &&
      (one.message?.test(message) ?? true),
  );
  return found?.tries ?? 1;
}
