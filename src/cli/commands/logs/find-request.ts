import { RopewayError } from '../../../lib/errors.ts';
import type { OpenFile } from '../../../platform/record-files/open-files.ts';
import { mergeByTime, readEntries } from '../../../platform/record-files/read-entries.ts';
import { terminalText } from '../../terminal-text.ts';

/** Ids that a message lists. */
const MAX_LISTED = 10;

/** The whole id that begins so. Fails with NO_SUCH_REQUEST, or AMBIGUOUS_REQUEST when several do. */
export async function findRequest(
  prefix: string,
  folder: string,
  invocations: OpenFile[],
  log: OpenFile[],
): Promise<string> {
  const containing = `"requestId":"${prefix}`;
  const ids = new Map<string, string>();
  const entries = mergeByTime([
    readEntries(invocations, { name: 'invocations', containing }),
    readEntries(log, { name: 'log', containing }),
  ]);
  for await (const entry of entries) {
    const { requestId } = entry.kind === 'request' ? entry.record : entry.line;
    if (requestId === undefined || !requestId.startsWith(prefix)) continue;
    if (requestId === prefix) return prefix;
    const about = entry.kind === 'request' ? ` ${entry.record.method} ${entry.record.path}` : '';
    if (!ids.get(requestId)) ids.set(requestId, terminalText(about, false));
    if (ids.size > MAX_LISTED) break;
  }
  const [first, second] = ids.keys();
  if (first === undefined)
    throw new RopewayError({
      code: 'NO_SUCH_REQUEST',
      message: `No request in these records has an id that begins with ${prefix}.`,
      expected: 'the id that a record, an answer (x-ropeway-request-id) or an error page names',
      got: `${prefix} (looked in ${folder})`,
      fix: 'ropeway logs shows the first 8 characters of each id; --state looks in another folder',
    });
  if (second === undefined) return first;
  throw new RopewayError({
    code: 'AMBIGUOUS_REQUEST',
    message: `Several requests have an id that begins with ${prefix}.`,
    expected: 'as much of the id as tells it from the others',
    got: prefix,
    detail: listing(ids),
    fix: `ropeway logs --request ${first}`,
  });
}

function listing(ids: Map<string, string>): string {
  const lines = [...ids].slice(0, MAX_LISTED).map(([id, about]) => id + about);
  if (ids.size > MAX_LISTED) lines.push('… and more');
  return lines.join('\n');
}
