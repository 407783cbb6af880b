import type { LogLine } from '../../../types.ts';
import type { FunctionName } from '../../context.ts';
import { TencentError } from '../../service.ts';
import type { Desk } from '../desk.ts';
import { invalid, limitExceeded } from '../errors.ts';
import { wantedFunction } from '../ledger.ts';
import type { Handlers, Request, Response } from '../models.ts';
import { platformName } from '../running.ts';
import { beijingTime, parseBeijing } from '../times.ts';

const DAY_MS = 24 * 3600_000;
const MOST = 10_000;
const MB = 1024 * 1024;

type FunctionLog = Required<NonNullable<Response<'GetFunctionLogs'>['Data']>[number]>;

/** One call of a function, as its lines tell of it. */
interface LoggedCall {
  requestId: string;
  /** Milliseconds since 1970. */
  start: number;
  version: string;
  text: string;
  /** Absent: it has not ended yet. */
  report?: { durationMs: number; billedMs: number; memoryMb: number; error?: string };
}

export function logActions(desk: Desk): Handlers<'GetFunctionLogs' | 'GetRequestStatus'> {
  const { context, ledger, invocations } = desk;

  const callsOf = async (
    wanted: FunctionName,
    range: { since: number; until: number },
    requestId?: string,
  ): Promise<LoggedCall[]> => {
    const lines = await context.platform.logs({
      function: platformName(wanted),
      ...range,
      ...(requestId === undefined || requestId === '' ? {} : { requestId }),
    });
    return callsIn(lines);
  };

  const shown = (name: string, logged: LoggedCall): FunctionLog => {
    const { report } = logged;
    return {
      FunctionName: name,
      RequestId: logged.requestId,
      StartTime: beijingTime(logged.start),
      RetCode: report === undefined ? 2 : report.error === undefined ? 0 : 1,
      RetMsg: report?.error ?? invocations.returned(logged.requestId) ?? '',
      InvokeFinished: report === undefined ? 0 : 1,
      Duration: report?.durationMs ?? 0,
      BillDuration: Math.ceil(report?.billedMs ?? 0),
      MemUsage: Math.round((report?.memoryMb ?? 0) * MB),
      Log: logged.text,
      Level: '',
      Source: '',
      RetryNum: 0,
    };
  };

  return {
    GetFunctionLogs: async (request, call) => {
      const { FunctionName: name, Offset: offset = 0, Limit: limit = 20, Qualifier: qualifier } = request;
      if (name === undefined)
        throw new TencentError(
          'MissingParameter',
          'The request is missing a required parameter `FunctionName`.',
        );
      if (offset < 0) throw invalid('Offset', 'Offset must not be negative.');
      if (limit < 0 || offset + limit > MOST)
        throw limitExceeded('Offset', `Offset and Limit are ${MOST} together at most.`);
      const wanted = wantedFunction(request, call);
      ledger.find(wanted);
      const calls = (await callsOf(wanted, rangeOf(request, context.now()), request.FunctionRequestId))
        .filter(({ version }) => qualifier === undefined || qualifier === '' || version === qualifier)
        .filter((logged) => passes(logged, request.Filter?.RetCode));
      calls.sort((a, b) => valueOf(a, request.OrderBy) - valueOf(b, request.OrderBy));
      if (request.Order !== 'asc') calls.reverse();
      return {
        TotalCount: calls.length,
        Data: calls.slice(offset, offset + limit).map((logged) => shown(name, logged)),
        SearchContext: { Offset: '', Limit: 0, Keyword: '', Type: '' },
      };
    },
    GetRequestStatus: async (request, call) => {
      const wanted = wantedFunction(request, call);
      ledger.find(wanted);
      const now = context.now();
      const until = request.EndTime === undefined ? now : timeOf(request.EndTime);
      const since = request.StartTime === undefined ? until - 15 * 60_000 : timeOf(request.StartTime);
      if (since > until) throw invalid('StartTimeOrEndTime', 'EndTime is before StartTime.');
      const calls = await callsOf(wanted, { since, until }, request.FunctionRequestId);
      return {
        TotalCount: calls.length,
        Data: calls.map((logged) => ({
          FunctionName: wanted.name,
          RetMsg: logged.report?.error ?? invocations.returned(logged.requestId) ?? '',
          RequestId: logged.requestId,
          StartTime: beijingTime(logged.start),
          RetCode: logged.report === undefined ? 1 : logged.report.error === undefined ? 0 : -1,
          Duration: logged.report?.durationMs ?? 0,
          MemUsage: logged.report?.memoryMb ?? 0,
          RetryNum: 0,
        })),
      };
    },
  };
}

/** Lines by the calls in which they were printed, oldest first. What instances printed that never served a call has no id. */
export function callsIn(lines: LogLine[]): LoggedCall[] {
  const serving = new Set(
    lines.flatMap(({ requestId, instance }) => (requestId === undefined ? [] : [instance])),
  );
  const failed = lines.filter(({ instance }) => !serving.has(instance));
  const calls = new Map<string, LogLine[]>(failed.length === 0 ? [] : [['', failed]]);
  for (const line of lines) {
    if (line.requestId === undefined) continue;
    const known = calls.get(line.requestId);
    if (known === undefined) calls.set(line.requestId, [line]);
    else known.push(line);
  }
  return [...calls].map(([requestId, own]) => {
    const platform = own.filter(({ stream }) => stream === 'platform').map(({ line }) => line);
    const report = platform.find((line) => line.startsWith('REPORT '));
    const version = /^START .*Version: (\S+)/.exec(
      platform.find((line) => line.startsWith('START ')) ?? '',
    )?.[1];
    return {
      requestId,
      start: own[0]!.time,
      version: version ?? '$LATEST',
      text: own.map(({ line }) => line).join('\n'),
      ...(report === undefined ? {} : { report: readReport(report) }),
    };
  });
}

function readReport(line: string): NonNullable<LoggedCall['report']> {
  const numberOf = (name: string): number =>
    Number(new RegExp(`(?:^|\\t| )${name}: ([\\d.]+)`).exec(line)?.[1] ?? 0);
  const error = /(?:^|\t| )Status: (\w+)/.exec(line)?.[1];
  return {
    durationMs: numberOf('(?<!Billed |Init )Duration'),
    billedMs: numberOf('Billed Duration'),
    memoryMb: numberOf('Max Memory Used'),
    ...(error === undefined ? {} : { error }),
  };
}

function rangeOf(
  { StartTime: start, EndTime: end }: Request<'GetFunctionLogs'>,
  now: number,
): { since: number; until: number } {
  const until = end === undefined || end === '' ? now : timeOf(end);
  const since = start === undefined || start === '' ? until - DAY_MS : timeOf(start);
  if (since > until || until - since > DAY_MS)
    throw invalid('StartTimeOrEndTime', 'StartTime must be before EndTime, and not more than one day.');
  return { since, until };
}

function timeOf(text: string): number {
  const time = parseBeijing(text);
  if (time === undefined) throw invalid('DateTime', `[${text}] is not a time such as 2017-05-16 20:00:00.`);
  return time;
}

/** By what the platform says of a call that failed. */
const FILTERS: Record<string, (error: string | undefined) => boolean> = {
  '': () => true,
  is0: (error) => error === undefined,
  not0: (error) => error !== undefined,
  TimeLimitExceeded: (error) => error === 'FUNCTION_TIMEOUT' || error === 'INIT_TIMEOUT',
  ResourceLimitExceeded: (error) => error === 'MEMORY_EXCEEDED' || error === 'TMP_EXCEEDED',
  UserCodeException: (error) => error === 'FUNCTION_ERROR' || error === 'INIT_FAILED',
};

function passes({ report }: LoggedCall, name = ''): boolean {
  const filter = FILTERS[name];
  if (filter === undefined)
    throw invalid('RetCode', `RetCode must be one of ${Object.keys(FILTERS).filter(Boolean).join(', ')}.`);
  return filter(report?.error);
}

function valueOf({ start, report }: LoggedCall, by = 'start_time'): number {
  if (by === 'duration') return report?.durationMs ?? 0;
  if (by === 'mem_usage') return report?.memoryMb ?? 0;
  if (by === 'start_time' || by === 'function_name') return start;
  throw invalid('OrderBy', 'OrderBy must be function_name, duration, mem_usage or start_time.');
}
