/** What goes right after a while, and how often it is tried in all, with waits of up to 5 s. The first row that fits counts. */
const PASSING: { action?: RegExp; code: RegExp; tries: number }[] = [
  {
    code: /^(RequestLimitExceeded(\..*)?|LimitExceeded(\.(Qps|Frequency|Request)\w*)?|SlowDown)$/,
    tries: 8,
  },
  // Something else is being done to the function: an update takes seconds, a VPC or many instances up to a minute.
  {
    code: /^FailedOperation\.(FunctionStatusError|FunctionNameStatusError|FunctionVersionStatusNotActive|OperationConflict|ProvisionedInProgress|ReservedInProgress|TotalConcurrencyMemoryInProgress|UpdateStatus)$/,
    tries: 20,
  },
  // Whether it was done is not known: what would be done twice is not tried again.
  { action: /^(Publish|Invoke)/, code: /^InternalError/, tries: 1 },
  { code: /^(InternalError(\..*)?|OperationAborted|ServiceUnavailable)$/, tries: 4 },
  // A bucket that has just been made is not known everywhere at once.
  { action: /^put/, code: /^NoSuchBucket$/, tries: 5 },
];

/** How often to try in all; 1: it does not pass. `most`: tries of what is throttled, 8 where nobody says otherwise. */
export function triesOf(action: string, code: string, most: number): number {
  const row = PASSING.find((one) => one.code.test(code) && (one.action?.test(action) ?? true));
  return Math.max(1, Math.ceil(((row?.tries ?? 1) * most) / 8));
}
