import { pause } from '../retry.ts';
import type { FunctionId } from './names.ts';
import type { Tencent } from './tencent.ts';
import { beijingTime } from './times.ts';

/** Logs are there a while after what they are of. */
const WAITS_MS = [200, 500, 1000, 2000, 4000, 8000];

/** What a version printed since then, without START, END and REPORT; '' when SCF does not tell in time. */
export async function printedSince(
  tencent: Tencent,
  id: FunctionId,
  Qualifier: string,
  since: number,
): Promise<string> {
  const scf = await tencent.clients.scf();
  for (const wait of WAITS_MS) {
    const { Data = [] } = await scf.GetFunctionLogs({
      ...id,
      Qualifier,
      StartTime: beijingTime(since - 1000),
      EndTime: beijingTime(Date.now() + 1000),
      Order: 'asc',
      OrderBy: 'start_time',
      Limit: 20,
    });
    const lines = Data.flatMap(({ Log = '' }) => Log.split('\n')).filter(
      (line) => line.trim() !== '' && !/^(START|END|REPORT|Init Report|Response) ?/.test(line),
    );
    if (lines.length > 0) return lines.join('\n');
    await pause(wait, tencent.signal);
  }
  return '';
}
