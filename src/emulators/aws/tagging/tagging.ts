import type { AwsContext } from '../context.ts';
import { type JsonAction, jsonFailure, type JsonInput, operationName, runJson } from '../json-protocol.ts';
import { AwsError, type AwsService } from '../service.ts';

interface TagFilter {
  Key?: string;
  Values?: string[];
}

/** Resource Groups Tagging API: what there is with which tags. */
export function openTagging(context: AwsContext): AwsService {
  const actions: Record<string, JsonAction> = {
    GetResources: (input, { region }) => getResources(context, region, input),
  };
  return {
    name: 'tagging',
    operation: (call) => operationName(actions, call),
    handle: (call) => runJson(actions, call),
    failure: jsonFailure,
  };
}

const MOST_ITEMS = 100;

function getResources({ peers }: AwsContext, region: string, input: JsonInput): object {
  const arns = input.texts('ResourceARNList') ?? [];
  const types = input.texts('ResourceTypeFilters') ?? [];
  const filters = (input.objects('TagFilters') ?? []) as TagFilter[];
  const all = Object.assign(
    {},
    peers.functions?.tags(region),
    ...(peers.tagged ?? []).map((tagsIn) => tagsIn(region)),
  ) as Record<string, Record<string, string>>;
  const found = Object.entries(all)
    .filter(
      ([arn, tags]) =>
        Object.keys(tags).length > 0 &&
        (arns.length === 0 || arns.includes(arn)) &&
        (types.length === 0 || types.some((type) => isOfType(arn, type))) &&
        filters.every((filter) => fits(tags, filter)),
    )
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const from = Number(input.optional('PaginationToken') || 0);
  if (!Number.isInteger(from))
    throw new AwsError(
      400,
      'PaginationTokenExpiredException',
      'The PaginationToken is none of this service.',
    );
  const end = from + Math.min(input.number('ResourcesPerPage') ?? MOST_ITEMS, MOST_ITEMS);
  return {
    PaginationToken: end < found.length ? String(end) : '',
    ResourceTagMappingList: found.slice(from, end).map(([ResourceARN, tags]) => ({
      ResourceARN,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

function fits(tags: Record<string, string>, { Key = '', Values = [] }: TagFilter): boolean {
  return Object.hasOwn(tags, Key) && (Values.length === 0 || Values.includes(tags[Key]!));
}

/** `lambda`, `lambda:function`, `s3`, `apigateway:apis` */
function isOfType(arn: string, type: string): boolean {
  const [service, kind] = type.split(':');
  const [, , own, , , ...rest] = arn.split(':');
  if (own !== service) return false;
  const resource = rest.join(':').replace(/^\//, '');
  return kind === undefined || resource.startsWith(kind) || (own === 's3' && kind === 'bucket');
}
