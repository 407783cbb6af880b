// The command line.
import { parseArgs } from 'node:util';

const DEFAULT_FORMATS = ['aws-v2', 'tencent-apigw'];

/** What the user has to change; exit code 2. */
export class UsageError extends Error {}

export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        suites: { type: 'string' },
        format: { type: 'string', multiple: true },
        'all-formats': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        build: { type: 'boolean', default: true },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.suites === undefined) {
    throw new UsageError(
      'Say where the suites are: npm run conformance -- --suites <dir>, with checkouts in <dir>/flask and <dir>/express.',
    );
  }
  return { ...values, allFormats: values['all-formats'] };
}

/** Names of the event formats to run. */
export async function chooseFormats({ format, allFormats }) {
  const { eventFormats } = await import('../../dist/events/list.js');
  const known = eventFormats.map(({ name }) => name);
  if (allFormats) return known;
  const chosen = [...new Set(format ?? DEFAULT_FORMATS)];
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`--format: unknown ${unknown.join(', ')}; known: ${known.join(', ')}`);
  }
  return chosen;
}
