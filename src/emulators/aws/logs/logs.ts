import type { ApiCall } from '../../server.ts';
import type { LogLine } from '../../types.ts';
import type { AwsContext } from '../context.ts';
import { ACCOUNT, AwsError, type AwsCall, type AwsService } from '../service.ts';
import { patternOf } from './pattern.ts';

interface Books {
  /** By `region/name`: groups that somebody has made, and until when those of functions were deleted. */
  groups: Record<string, { createdAt: number; retention?: number; clearedAt?: number; isGone?: boolean }>;
}

const PREFIX = '/aws/lambda/';
const PAGE = 10_000;

/** CloudWatch Logs, read: what functions have printed. */
export function openLogs(context: AwsContext): AwsService {
  const store = context.openStore<Books>('logs', { groups: {} });
  const stateOf = (region: string, group: string): Books['groups'][string] | undefined =>
    store.current().groups[`${region}/${group}`];
  const note = (
    region: string,
    group: string,
    make: (before: Books['groups'][string]) => Books['groups'][string],
  ): Promise<void> =>
    store.change(({ groups }) => {
      const key = `${region}/${group}`;
      const value = make(groups[key] ?? { createdAt: context.now() });
      return { value: { groups: { ...groups, [key]: value } }, result: undefined };
    });
  const groupNames = (region: string): string[] => {
    const own = Object.entries(store.current().groups).flatMap(([key, { isGone }]) =>
      key.startsWith(`${region}/`) && isGone !== true ? [key.slice(region.length + 1)] : [],
    );
    const functions = (context.peers.functions?.names(region) ?? []).map((name) => `${PREFIX}${name}`);
    return [
      ...new Set([...own, ...functions.filter((name) => stateOf(region, name)?.isGone !== true)]),
    ].sort();
  };
  const linesOf = async (region: string, group: string, since: number, until: number): Promise<LogLine[]> => {
    if (!group.startsWith(PREFIX)) return [];
    const from = Math.max(since, stateOf(region, group)?.clearedAt ?? 0);
    return context.platform.logs({
      function: `aws.${region}.${group.slice(PREFIX.length)}`,
      since: from,
      until,
      limit: 100_000,
    });
  };
  const refuseMissing = (region: string, group: string): void => {
    if (!groupNames(region).includes(group))
      throw new AwsError(400, 'ResourceNotFoundException', 'The specified log group does not exist.');
  };

  const actions: Record<string, (call: AwsCall, input: Record<string, unknown>) => Promise<object>> = {
    DescribeLogGroups: async ({ region }, { logGroupNamePrefix = '' }) => ({
      logGroups: groupNames(region)
        .filter((name) => name.startsWith(String(logGroupNamePrefix)))
        .map((logGroupName) => ({
          logGroupName,
          arn: `arn:aws:logs:${region}:${ACCOUNT}:log-group:${logGroupName}:*`,
          creationTime: stateOf(region, logGroupName)?.createdAt ?? 0,
          ...(stateOf(region, logGroupName)?.retention === undefined
            ? {}
            : { retentionInDays: stateOf(region, logGroupName)!.retention }),
        })),
    }),
    DescribeLogStreams: async ({ region }, { logGroupName }) => {
      const group = String(logGroupName);
      refuseMissing(region, group);
      const lines = await linesOf(region, group, 0, context.now());
      const names = [...new Set(lines.map(({ instance }) => instance))];
      return {
        logStreams: names.map((name) => {
          const own = lines.filter(({ instance }) => instance === name);
          const [first, last] = [own[0]!.time, own.at(-1)!.time];
          return {
            logStreamName: name,
            creationTime: first,
            firstEventTimestamp: first,
            lastEventTimestamp: last,
          };
        }),
      };
    },
    FilterLogEvents: async ({ region }, input) => {
      const group = String(input['logGroupName'] ?? input['logGroupIdentifier'] ?? '');
      refuseMissing(region, group);
      const takes = patternOf(String(input['filterPattern'] ?? ''));
      const streams = input['logStreamNames'] as string[] | undefined;
      const since = Number(input['startTime'] ?? 0);
      const until = Number(input['endTime'] ?? context.now());
      const all = (await linesOf(region, group, since, until)).filter(
        ({ line, instance }) => takes(line) && (streams === undefined || streams.includes(instance)),
      );
      const from = Number(input['nextToken'] ?? 0);
      const most = Math.min(Number(input['limit'] ?? PAGE), PAGE);
      return {
        events: all.slice(from, from + most).map((line, index) => ({
          logStreamName: line.instance,
          timestamp: line.time,
          message: `${line.line}\n`,
          ingestionTime: line.time,
          eventId: `${String(line.time).padStart(20, '0')}${String(from + index).padStart(12, '0')}`,
        })),
        searchedLogStreams: [],
        ...(from + most < all.length ? { nextToken: String(from + most) } : {}),
      };
    },
    GetLogEvents: async ({ region }, input) => {
      const group = String(input['logGroupName'] ?? '');
      refuseMissing(region, group);
      const lines = await linesOf(
        region,
        group,
        Number(input['startTime'] ?? 0),
        Number(input['endTime'] ?? context.now()),
      );
      const own = lines.filter(({ instance }) => instance === input['logStreamName']);
      const most = Math.min(Number(input['limit'] ?? PAGE), PAGE);
      return {
        events: own
          .slice(-most)
          .map(({ time, line }) => ({ timestamp: time, message: `${line}\n`, ingestionTime: time })),
        nextForwardToken: 'f/0',
        nextBackwardToken: 'b/0',
      };
    },
    CreateLogGroup: async ({ region }, { logGroupName }) => {
      const group = String(logGroupName);
      if (groupNames(region).includes(group))
        throw new AwsError(400, 'ResourceAlreadyExistsException', 'The specified log group already exists');
      await note(region, group, (before) => ({ ...before, isGone: false }));
      return {};
    },
    DeleteLogGroup: async ({ region }, { logGroupName }) => {
      const group = String(logGroupName);
      const now = context.now();
      const lines = await linesOf(region, group, 0, now);
      if (lines.length === 0) refuseMissing(region, group);
      await note(region, group, (before) => ({ ...before, clearedAt: now + 1, isGone: true }));
      return {};
    },
    PutRetentionPolicy: async ({ region }, { logGroupName, retentionInDays }) => {
      refuseMissing(region, String(logGroupName));
      await note(region, String(logGroupName), (before) => ({
        ...before,
        retention: Number(retentionInDays),
      }));
      return {};
    },
  };

  return {
    name: 'logs',
    operation: operationOf,
    handle: async (call) => {
      const action = actions[operationOf(call) ?? ''];
      if (action === undefined)
        throw new AwsError(400, 'UnknownOperationException', `${operationOf(call)} is not emulated here.`);
      return answer(200, await action(call, inputOf(call)));
    },
    failure: ({ status, code, message }) => answer(status, { __type: code, message }),
    close: () => store.settled(),
  };
}

/** `Logs_20140328.FilterLogEvents` */
function operationOf({ headers }: ApiCall): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target.split('.')[1] : undefined;
}

function inputOf({ body }: ApiCall): Record<string, unknown> {
  try {
    return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  } catch {
    throw new AwsError(400, 'SerializationException', 'The body is no JSON.');
  }
}

function answer(
  status: number,
  value: object,
): { status: number; headers: Record<string, string>; body: string } {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(value) };
}
