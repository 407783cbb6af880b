import { pause } from '../retry.ts';
import type { FunctionId } from './names.ts';
import type { Tencent } from './tencent.ts';
import { beijingTime } from './times.ts';

/** Logs are there a while after what they are of. */
const WAITS_MS = [200, 500, 1000, 2000, 4000];

/**
 * What a function printed since then in a request, or while it was loaded for none, without START, END and REPORT; '' when SCF does not tell in time.
 */
export async function printedSince(
  tencent: Tencent,
  id: FunctionId,
  since: number,
  requestId: string,
): Promise<string> {
  const scf = await tencent.clients.scf();
  for (const wait of WAITS_MS) {
    const { Data = [] } = await scf.GetFunctionLogs({
      ...id,
      StartTime: beijingTime(since - 1000),
      EndTime: beijingTime(Date.now() + 1000),
      Order: 'desc',
      OrderBy: 'start_time',
      Limit: 100,
    });
    const own = Data.filter(({ RequestId = '' }) => RequestId === '' || RequestId === requestId);
    const lines = own
      .flatMap(({ Log = '' }) => Log.split('\n'))
      .filter((line) => line.trim() !== '' && !/^(START|END|REPORT|Init Report|Response) ?/.test(line));
    // Each instance that was tried has printed the same.
    if (lines.length > 0) return [...new Set(lines)].join('\n');
    await pause(wait, tencent.signal);
  }
  return '';
}
