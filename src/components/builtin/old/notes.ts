/** Inputs of the old components that mean something else today, in words for their user. */

const GONE_RUNTIMES = /^(python(2\.7|3\.[0-8])|nodejs([0-9]|1[0-7])(\.\d+)?|php5|php7)$/i;

/** Undefined when the runtime still exists. */
export function runtimeNote(runtime: string | undefined): string | undefined {
  if (runtime === undefined || !GONE_RUNTIMES.test(runtime)) return undefined;
  return `runtime ${runtime} no longer exists: the app runs on the ${/^python/i.test(runtime) ? 'Python' : 'Node'} that it runs on here`;
}

/** MB under which a Python or Node process with a framework does not fit by what this machine counts. */
const LEAST_MEMORY = 128;

/** The old clouds' smallest functions had 64 MB, and did not count what processes share. */
export function roomyMemory(megabytes: number): number {
  return Math.max(megabytes, LEAST_MEMORY);
}

export function memoryNote(megabytes: number): string[] {
  if (megabytes >= LEAST_MEMORY) return [];
  return [
    `memorySize ${megabytes}: here a process has at least ${LEAST_MEMORY} MB, since all that it shares with others counts, too`,
  ];
}

/** Told once for all that stood in `apigatewayConf`. */
export const GATEWAY_NOTE =
  'API Gateway was closed in 2025: the function has an address of its own in its place, which has no stage (/release) any more';

/** Those that were given and do nothing here, each with why. */
export function unusedNotes(given: Record<string, unknown>, reasons: Record<string, string>): string[] {
  return Object.entries(reasons).flatMap(([name, reason]) =>
    isEmpty(given[name]) ? [] : [`${name}: ${reason}`],
  );
}

/** The old components took any input without a word. */
export function unknownNotes(inputs: object, known: ReadonlySet<string>): string[] {
  return Object.keys(inputs)
    .filter((key) => !known.has(key))
    .map((key) => `${key}: this input is not known and does nothing`);
}

/** Old files list inputs with nothing in them. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}
