import type { ApiAnswer } from '../../server.ts';
import type { Store } from '../../store.ts';
import type { AwsContext } from '../context.ts';
import { type JsonAction, jsonFailure, type JsonInput, operationName, runJson } from '../json-protocol.ts';
import { ACCOUNT, AwsError, type AwsService } from '../service.ts';
import { eventsOf, type LogEvent, pageOfEvents, type Place } from './events.ts';
import { readPattern } from './pattern.ts';

interface Group {
  /** Milliseconds since 1970. */
  createdAt: number;
  retention?: number;
}

interface Books {
  /** Those that somebody made or changed, by `<region>/<name>`. */
  groups: Record<string, Group>;
  /** When a group was removed: what was printed until then is no more. */
  removed: Record<string, number>;
}

const NO_BOOKS: Books = { groups: {}, removed: {} };
const OF_FUNCTIONS = '/aws/lambda/';
/** More lines than that of a function are not looked at, from the latest on. */
const MOST_LINES = 100_000;
const MOST_EVENTS = 10_000;

interface Desk {
  context: AwsContext;
  store: Store<Books>;
}

/** CloudWatch Logs, to be read: what functions print goes where the platform keeps it, and is told from there. */
export function openLogs(context: AwsContext): AwsService {
  const store = context.openStore('logs', NO_BOOKS);
  const desk: Desk = { context, store };
  const actions: Record<string, JsonAction> = {
    CreateLogGroup: (input, { region }) => createGroup(desk, region, input.text('logGroupName')),
    DeleteLogGroup: (input, { region }) => deleteGroup(desk, region, input.text('logGroupName')),
    PutRetentionPolicy: (input, { region }) => retain(desk, region, input, input.number('retentionInDays')),
    DeleteRetentionPolicy: (input, { region }) => retain(desk, region, input, undefined),
    DescribeLogGroups: (input, { region }) => describeGroups(desk, region, input),
    DescribeLogStreams: (input, { region }) => describeStreams(desk, region, input),
    FilterLogEvents: (input, { region }) => filterEvents(desk, region, input),
    GetLogEvents: (input, { region }) => getEvents(desk, region, input),
  };
  return {
    name: 'logs',
    operation: (call) => operationName(actions, call),
    handle: (call): Promise<ApiAnswer> => runJson(actions, call),
    failure: jsonFailure,
    close: () => store.settled(),
  };
}

async function createGroup(desk: Desk, region: string, name: string): Promise<void> {
  if (await isThere(desk, region, name))
    throw new AwsError(400, 'ResourceAlreadyExistsException', 'The specified log group already exists');
  await setGroup(desk, region, name, { createdAt: desk.context.now() });
}

async function deleteGroup(desk: Desk, region: string, name: string): Promise<void> {
  await findGroup(desk, region, name);
  const key = `${region}/${name}`;
  await desk.store.change((books) => {
    const { [key]: _, ...groups } = books.groups;
    return {
      value: { groups, removed: { ...books.removed, [key]: desk.context.now() } },
      result: undefined,
    };
  });
}

async function retain(desk: Desk, region: string, input: JsonInput, days: number | undefined): Promise<void> {
  const name = groupName(input);
  const { createdAt } = await findGroup(desk, region, name);
  await setGroup(desk, region, name, { createdAt, ...(days === undefined ? {} : { retention: days }) });
}

function setGroup({ store }: Desk, region: string, name: string, group: Group): Promise<void> {
  return store.change((books) => ({
    value: { ...books, groups: { ...books.groups, [`${region}/${name}`]: group } },
    result: undefined,
  }));
}

async function describeGroups(desk: Desk, region: string, input: JsonInput): Promise<object> {
  const prefix = input.optional('logGroupNamePrefix') ?? '';
  const part = input.optional('logGroupNamePattern') ?? '';
  const own = Object.keys(desk.store.current().groups)
    .filter((key) => key.startsWith(`${region}/`))
    .map((key) => key.slice(region.length + 1));
  const ofFunctions = (desk.context.peers.functions?.names(region) ?? []).map((name) => OF_FUNCTIONS + name);
  const names = [...new Set([...own, ...ofFunctions])]
    .filter((name) => name.startsWith(prefix) && name.includes(part))
    .toSorted();
  const found: object[] = [];
  for (const name of names) {
    const group = await groupOf(desk, region, name);
    if (group === undefined) continue;
    const arn = `arn:aws:logs:${region}:${ACCOUNT}:log-group:${name}`;
    found.push({
      logGroupName: name,
      creationTime: group.createdAt,
      ...(group.retention === undefined ? {} : { retentionInDays: group.retention }),
      metricFilterCount: 0,
      arn: `${arn}:*`,
      logGroupArn: arn,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
    });
  }
  const { items, nextToken } = page(found, input);
  return { logGroups: items, nextToken };
}

async function describeStreams(desk: Desk, region: string, input: JsonInput): Promise<object> {
  const name = groupName(input);
  await findGroup(desk, region, name);
  const prefix = input.optional('logStreamNamePrefix') ?? '';
  const streams = new Map<string, { first: number; last: number }>();
  for (const { logStreamName, timestamp } of await read(desk, region, name)) {
    const known = streams.get(logStreamName);
    streams.set(logStreamName, { first: known?.first ?? timestamp, last: timestamp });
  }
  const byTime = input.optional('orderBy') === 'LastEventTime';
  const sorted = [...streams]
    .filter(([stream]) => stream.startsWith(prefix))
    .toSorted(([a, one], [b, other]) => (byTime ? one.last - other.last : a < b ? -1 : 1));
  if (input.flag('descending')) sorted.reverse();
  const { items, nextToken } = page(sorted, input);
  return {
    logStreams: items.map(([logStreamName, { first, last }]) => ({
      logStreamName,
      creationTime: first,
      firstEventTimestamp: first,
      lastEventTimestamp: last,
      lastIngestionTime: last,
      uploadSequenceToken: '0',
      arn: `arn:aws:logs:${region}:${ACCOUNT}:log-group:${name}:log-stream:${logStreamName}`,
      storedBytes: 0,
    })),
    nextToken,
  };
}

async function filterEvents(desk: Desk, region: string, input: JsonInput): Promise<object> {
  const name = groupName(input);
  const fits = readPattern(input.optional('filterPattern') ?? '');
  const streams = input.texts('logStreamNames');
  const prefix = input.optional('logStreamNamePrefix') ?? '';
  await findGroup(desk, region, name);
  const all = await read(desk, region, name, input.number('startTime'), endOf(input));
  const wanted = all.filter(
    ({ logStreamName, message }) =>
      (streams === undefined || streams.includes(logStreamName)) &&
      logStreamName.startsWith(prefix) &&
      fits(message),
  );
  const token = input.optional('nextToken');
  const limit = Math.min(input.number('limit') ?? MOST_EVENTS, MOST_EVENTS);
  const { events, next } = pageOfEvents(wanted, token === undefined ? undefined : readToken(token), limit);
  return {
    events,
    searchedLogStreams: [],
    ...(next === undefined ? {} : { nextToken: Buffer.from(JSON.stringify(next)).toString('base64url') }),
  };
}

/** The last moment that is looked at is one that is asked for. */
function endOf(input: JsonInput): number | undefined {
  const last = input.number('endTime');
  return last === undefined ? undefined : last + 1;
}

function readToken(token: string): Place {
  try {
    const { time, skip } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Place;
    if (Number.isInteger(time) && Number.isInteger(skip)) return { time, skip };
  } catch {
    // Said below.
  }
  throw invalid('The specified nextToken is invalid.');
}

/** Tokens say how many events of the stream are before: `f/12` goes on, `b/2` goes back. */
async function getEvents(desk: Desk, region: string, input: JsonInput): Promise<object> {
  const name = groupName(input);
  const stream = input.text('logStreamName');
  await findGroup(desk, region, name);
  const all = (await read(desk, region, name)).filter(({ logStreamName }) => logStreamName === stream);
  if (all.length === 0) throw notFound('The specified log stream does not exist.');
  const [since, until] = [input.number('startTime') ?? 0, input.number('endTime') ?? Infinity];
  const events = all.filter(({ timestamp }) => timestamp >= since && timestamp < until);
  const limit = Math.min(input.number('limit') ?? MOST_EVENTS, MOST_EVENTS);
  const token = input.optional('nextToken');
  const [, way, at] = /^([fb])\/(\d+)$/.exec(token ?? '') ?? [];
  if (token !== undefined && way === undefined) throw invalid('The specified nextToken is invalid.');
  const forward = way === undefined ? input.flag('startFromHead') : way === 'f';
  const edge = at === undefined ? (forward ? 0 : events.length) : Number(at);
  const [from, to] = forward ? [edge, edge + limit] : [Math.max(0, edge - limit), edge];
  const found = events.slice(from, to);
  return {
    events: found.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${from + found.length}`,
    nextBackwardToken: `b/${from}`,
  };
}

/** Events of a group, oldest first; `until` is not in it. */
async function read(
  { context, store }: Desk,
  region: string,
  name: string,
  since = 0,
  until = Number.MAX_SAFE_INTEGER,
): Promise<LogEvent[]> {
  if (!name.startsWith(OF_FUNCTIONS)) return [];
  const removed = store.current().removed[`${region}/${name}`] ?? -1;
  const lines = await context.platform.logs({
    function: `aws.${region}.${name.slice(OF_FUNCTIONS.length)}`,
    since: Math.max(since, removed + 1),
    until: until - 1,
    limit: MOST_LINES,
  });
  return eventsOf(lines);
}

/** Groups of functions are there from their first line on. */
async function groupOf(desk: Desk, region: string, name: string): Promise<Group | undefined> {
  const made = desk.store.current().groups[`${region}/${name}`];
  if (made !== undefined) return made;
  const [first] = await read(desk, region, name);
  return first && { createdAt: first.timestamp };
}

async function isThere(desk: Desk, region: string, name: string): Promise<boolean> {
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
  return (await groupOf(desk, region, name)) !== undefined;
}

/** Throws ResourceNotFoundException. */
async function findGroup(desk: Desk, region: string, name: string): Promise<Group> {
  const group = await groupOf(desk, region, name);
  if (group === undefined) throw notFound('The specified log group does not exist.');
  return group;
}

/** A name, or an ARN in its place. */
function groupName(input: JsonInput): string {
  const text = input.optional('logGroupName') ?? input.text('logGroupIdentifier');
  return text.replace(/^arn:aws[\w-]*:logs:[^:]*:\d+:log-group:/, '').replace(/:\*$/, '');
}

function page<T>(all: T[], input: JsonInput): { items: T[]; nextToken?: string } {
  const from = Number(input.optional('nextToken') ?? 0);
  if (!Number.isInteger(from)) throw invalid('The specified nextToken is invalid.');
  const end = from + Math.min(input.number('limit') ?? 50, 50);
  return { items: all.slice(from, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}

function notFound(message: string): AwsError {
  return new AwsError(400, 'ResourceNotFoundException', message);
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'InvalidParameterException', message);
}
