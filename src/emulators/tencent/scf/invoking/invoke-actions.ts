import type { JsonValue } from '../../../../events/types.ts';
import type { QualifiedFunction } from '../../context.ts';
import { TencentError } from '../../service.ts';
import type { Desk } from '../desk.ts';
import { failed, invalid, notFound, unsupported } from '../errors.ts';
import { pageOf } from '../functions/show.ts';
import { checkQualifier, wantedFunction } from '../ledger.ts';
import type { Handlers, Request } from '../models.ts';
import { beijingTime, parseBeijing } from '../times.ts';
import type { AsyncEvent } from './async-events.ts';
import { resultOf } from './results.ts';

const SYNC_BYTES = 6 * 1024 * 1024;
const ASYNC_BYTES = 128 * 1024;
const ROUTING_KEY_BYTES = 1024;

/** What the cloud's own codes are for how an event stands. */
const STATUS_CODES: Record<AsyncEvent['status'], number> = {
  RUNNING: 0,
  FINISHED: 200,
  ABORTED: 499,
  FAILED: 430,
};

export function invokeActions(
  desk: Desk,
): Handlers<
  | 'Invoke'
  | 'InvokeFunction'
  | 'GetAsyncEventStatus'
  | 'ListAsyncEvents'
  | 'TerminateAsyncEvent'
  | 'GetFunctionEventInvokeConfig'
  | 'UpdateFunctionEventInvokeConfig'
> {
  const { ledger, invocations, asyncEvents } = desk;

  const call = async (
    wanted: QualifiedFunction,
    {
      requestId,
      event,
      logType,
      routingKey,
    }: { requestId: string; event: JsonValue; logType: string | undefined; routingKey: string | undefined },
  ): Promise<{ Result: ReturnType<typeof resultOf> }> => {
    const key = parseRoutingKey(routingKey);
    const answer = await invocations.invoke(wanted, { requestId, event, routingKey: key });
    return { Result: resultOf(answer, requestId, checkLogType(logType) === 'Tail') };
  };

  /** Throws unless there is something that can be called with events. */
  const check = (wanted: QualifiedFunction): boolean => {
    const record = ledger.find(wanted);
    checkQualifier(record, wanted.qualifier);
    if (record.type === 'HTTP')
      throw unsupported(`${wanted.name} is an HTTP function: it is called through a function URL.`);
    return record.latest.configuration.kept.AsyncRunEnable === 'TRUE';
  };

  return {
    Invoke: async (request, { region, requestId }) => {
      const { InvocationType: type = 'RequestResponse', ClientContext: text = '' } = request;
      if (type !== 'RequestResponse' && type !== 'Event')
        throw invalid('InvokeType', 'InvocationType must be RequestResponse or Event.');
      const wanted = { ...wantedFunction(request, { region }), qualifier: request.Qualifier ?? '$LATEST' };
      const isAsync = check(wanted) || type === 'Event';
      const event = parseEvent(text, isAsync ? ASYNC_BYTES : SYNC_BYTES, 'ClientContext');
      if (!isAsync)
        return call(wanted, { requestId, event, logType: request.LogType, routingKey: request.RoutingKey });
      const id = await asyncEvents.add(wanted, 'INVOKE', JSON.stringify(event));
      return { Result: { ...NOTHING_YET, FunctionRequestId: id } };
    },
    InvokeFunction: async (request, { region, requestId }) => {
      const wanted = { ...wantedFunction(request, { region }), qualifier: request.Qualifier ?? '$DEFAULT' };
      check(wanted);
      const event = parseEvent(request.Event ?? '', SYNC_BYTES, 'Event');
      return call(wanted, { requestId, event, logType: request.LogType, routingKey: request.RoutingKey });
    },
    GetAsyncEventStatus: ({ InvokeRequestId: id }, { region }) => {
      const found = asyncEvents.all().find((one) => one.id === id && one.wanted.region === region);
      if (found === undefined) throw notFound('AsyncEvent', id);
      return {
        Result: { Status: found.status, StatusCode: STATUS_CODES[found.status], InvokeRequestId: id },
      };
    },
    ListAsyncEvents: (request, { region }) => {
      const wanted = wantedFunction(request, { region });
      ledger.find(wanted);
      const found = asyncEvents
        .all()
        .filter(
          ({ wanted: one }) =>
            one.region === region && one.namespace === wanted.namespace && one.name === wanted.name,
        )
        .filter((event) => isListed(event, request));
      const by = request.Orderby === 'EndTime' ? 'end' : 'start';
      found.sort((a, b) => (a[by] ?? Infinity) - (b[by] ?? Infinity));
      if (request.Order !== 'ASC') found.reverse();
      const { from, to } = pageOf(request);
      return {
        TotalCount: found.length,
        EventList: found
          .slice(from, Math.min(to, from + 100))
          .map(({ id, type, status, start, end, wanted: one }) => ({
            InvokeRequestId: id,
            InvokeType: type,
            Qualifier: one.qualifier,
            Status: status,
            StartTime: beijingTime(start, true),
            EndTime: end === undefined ? '' : beijingTime(end, true),
          })),
      };
    },
    TerminateAsyncEvent: async (request, { region }) => {
      const wanted = wantedFunction(request, { region });
      ledger.find(wanted);
      const { InvokeRequestId: id } = request;
      const found = asyncEvents.all().find((one) => one.id === id && one.wanted.name === wanted.name);
      if (found === undefined) throw notFound('AsyncEvent', id);
      if (!(await asyncEvents.abort(id)))
        throw failed('AsyncEventStatus', `The event [${id}] is ${found.status}: it cannot be terminated.`);
      return {};
    },
    GetFunctionEventInvokeConfig: (request, { region }) => {
      const { retries, ttl } = ledger.find(wantedFunction(request, { region })).asyncConfig;
      return { AsyncTriggerConfig: { MsgTTL: ttl, RetryConfig: [{ RetryNum: retries }, { RetryNum: -1 }] } };
    },
    UpdateFunctionEventInvokeConfig: async (request, { region }) => {
      const { RetryConfig: retry, MsgTTL: ttl } = request.AsyncTriggerConfig;
      const retries = retry[0]?.RetryNum ?? 2;
      if (retries < 0 || retries > 2)
        throw new TencentError('LimitExceeded.RetryNum', 'RetryNum must be 0 to 2.');
      if (ttl < 60 || ttl > 21_600)
        throw new TencentError('LimitExceeded.MsgTTL', 'MsgTTL must be 60 to 21600 seconds.');
      await ledger.change(wantedFunction(request, { region }), (draft) => {
        draft.asyncConfig = { retries, ttl };
      });
      return {};
    },
  };
}

const NOTHING_YET = {
  Log: '',
  RetMsg: '',
  ErrMsg: '',
  MemUsage: 0,
  Duration: 0,
  BillDuration: 0,
  InvokeResult: 0,
};

function parseEvent(text: string, mostBytes: number, name: 'ClientContext' | 'Event'): JsonValue {
  if (Buffer.byteLength(text) > mostBytes)
    throw new TencentError('InvalidParameter.RequestTooLarge', `${name} has more than ${mostBytes} bytes.`);
  if (text === '') return {};
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw name === 'ClientContext'
      ? invalid('ClientContext', 'ClientContext is not valid JSON.')
      : new TencentError('InvalidParameter.Payload', 'Event is not valid JSON.');
  }
}

function parseRoutingKey(text = ''): Record<string, string> {
  if (text === '') return {};
  const wrong = (): TencentError =>
    invalid('Param', 'RoutingKey must be a JSON object of texts, of 1024 bytes at most.');
  if (Buffer.byteLength(text) > ROUTING_KEY_BYTES) throw wrong();
  try {
    const value = JSON.parse(text) as unknown;
    const isGood =
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string');
    if (isGood) return value as Record<string, string>;
  } catch {
    // Said below.
  }
  throw wrong();
}

function checkLogType(type = 'None'): string {
  if (type !== 'None' && type !== 'Tail') throw invalid('Param', 'LogType must be None or Tail.');
  return type;
}

function isListed(event: AsyncEvent, request: Request<'ListAsyncEvents'>): boolean {
  const {
    Qualifier: qualifier,
    InvokeType: types = [],
    Status: statuses = [],
    InvokeRequestId: id,
  } = request;
  return (
    (qualifier === undefined || event.wanted.qualifier === qualifier) &&
    (types.length === 0 || types.includes(event.type)) &&
    (statuses.length === 0 || statuses.includes(event.status)) &&
    (id === undefined || event.id === id) &&
    isWithin(event.start, request.StartTimeInterval) &&
    isWithin(event.end, request.EndTimeInterval)
  );
}

function isWithin(time: number | undefined, interval: { Start: string; End: string } | undefined): boolean {
  if (interval === undefined) return true;
  const [start, end] = [parseBeijing(interval.Start), parseBeijing(interval.End)];
  if (start === undefined || end === undefined)
    throw invalid('DateTime', 'A time must be such as 2020-12-01 08:35:00.');
  return time !== undefined && time >= start && time < end;
}
