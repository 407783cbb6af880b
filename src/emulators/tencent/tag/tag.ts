import { createHash } from 'node:crypto';

import type { JsonObject } from '../../../events/types.ts';
import { type Actions, objects, optionalText, page, runAction, text, texts } from '../call-parameters.ts';
import type { TencentContext } from '../context.ts';
import { TencentError, type TencentService } from '../service.ts';
import { openTable, type Tags, type TagTable, type Told } from './books.ts';
import { parseResource, type Resource, resourceText } from './resource.ts';

/** Tags of resources, whatever service they are of: it is not asked whether a resource is there. */
export function openTag(context: TencentContext): TencentService {
  const store = context.openStore<Told>('tag', { tags: {}, resources: {} });
  const table = openTable(store, () => context.peers.functions);

  const change = async (resources: Resource[], make: (tags: Tags) => Tags): Promise<JsonObject> => {
    for (const resource of resources) await table.change(resource, make);
    return {};
  };
  const add = (resources: Resource[], added: Tags): Promise<JsonObject> =>
    change(resources, (tags) => ({ ...tags, ...added }));
  const remove = (resources: Resource[], keys: string[]): Promise<JsonObject> =>
    change(resources, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key))),
    );
  const everyTag = (): Tag[] => allTags(store.current().tags, table);

  context.peers.tags = {
    of: (resource) => table.of(parseResource(resource)),
    set: async (resource, tags) => {
      await change([parseResource(resource)], () => tags);
    },
  };

  const actions: Actions = {
    CreateTag: async (parameters) => {
      const [key, value] = [text(parameters, 'TagKey'), text(parameters, 'TagValue')];
      await store.change(({ tags, resources }) => {
        const values = tags[key] ?? [];
        if (values.includes(value))
          throw new TencentError('ResourceInUse.TagDuplicate', 'The tag is there already.');
        return { value: { tags: { ...tags, [key]: [...values, value] }, resources }, result: undefined };
      });
      return {};
    },
    DeleteTag: async (parameters) => {
      const [key, value] = [text(parameters, 'TagKey'), text(parameters, 'TagValue')];
      if (table.all().some(({ tags }) => tags[key] === value)) {
        throw new TencentError('FailedOperation.TagAttachedResource', 'The tag is attached to a resource.');
      }
      await store.change(({ tags, resources }) => {
        const { [key]: values = [], ...others } = tags;
        if (!values.includes(value)) {
          throw new TencentError('ResourceNotFound.TagNonExist', 'There is no such tag.');
        }
        const left = values.filter((one) => one !== value);
        const kept = left.length === 0 ? others : { ...others, [key]: left };
        return { value: { tags: kept, resources }, result: undefined };
      });
      return {};
    },
    DescribeTags: (parameters) => {
      const key = optionalText(parameters, 'TagKey');
      const value = optionalText(parameters, 'TagValue');
      const keys = texts(parameters, 'TagKeys');
      const found = everyTag().filter(
        (tag) =>
          (key === undefined || tag.TagKey === key) &&
          (value === undefined || tag.TagValue === value) &&
          (keys.length === 0 || keys.includes(tag.TagKey)),
      );
      const Tags = page(found, parameters, 15).map((tag) => ({ ...tag, CanDelete: 1 }));
      return { ...counts(found, parameters), Tags };
    },
    DescribeTagKeys: (parameters) => {
      const keys = [...new Set(everyTag().map(({ TagKey }) => TagKey))];
      return { ...counts(keys, parameters), Tags: page(keys, parameters, 15) };
    },
    DescribeTagValues: (parameters) => {
      const keys = texts(parameters, 'TagKeys');
      const found = everyTag().filter(({ TagKey }) => keys.includes(TagKey));
      return { ...counts(found, parameters), Tags: page(found, parameters, 15) };
    },
    DescribeResourceTags: (parameters) => {
      const wanted = {
        service: optionalText(parameters, 'ServiceType'),
        region: optionalText(parameters, 'ResourceRegion'),
        prefix: optionalText(parameters, 'ResourcePrefix'),
        id: optionalText(parameters, 'ResourceId'),
      };
      if (wanted.id !== undefined && wanted.service !== undefined && wanted.prefix !== undefined) {
        const one: Resource = {
          service: wanted.service,
          region: wanted.region ?? '',
          prefix: wanted.prefix,
          id: wanted.id,
        };
        const rows = rowsOf(one, table.of(one));
        return { ...counts(rows, parameters), Rows: page(rows, parameters) };
      }
      const rows = table
        .all()
        .filter(({ resource }) =>
          (['service', 'region', 'prefix', 'id'] as const).every(
            (part) => wanted[part] === undefined || wanted[part] === resource[part],
          ),
        )
        .flatMap(({ resource, tags }) => rowsOf(resource, tags));
      return { ...counts(rows, parameters), Rows: page(rows, parameters) };
    },
    DescribeResourceTagsByResourceIds: (parameters) => {
      const rows = resourcesOf(parameters).flatMap((resource) => rowsOf(resource, table.of(resource)));
      return { ...counts(rows, parameters), Tags: page(rows, parameters, 15) };
    },
    AttachResourcesTag: (parameters) =>
      add(resourcesOf(parameters), {
        [text(parameters, 'TagKey')]: optionalText(parameters, 'TagValue') ?? '',
      }),
    DetachResourcesTag: (parameters) => remove(resourcesOf(parameters), [text(parameters, 'TagKey')]),
    ModifyResourcesTagValue: (parameters) =>
      add(resourcesOf(parameters), {
        [text(parameters, 'TagKey')]: optionalText(parameters, 'TagValue') ?? '',
      }),
    AddResourceTag: (parameters) =>
      add([parseResource(text(parameters, 'Resource'))], {
        [text(parameters, 'TagKey')]: optionalText(parameters, 'TagValue') ?? '',
      }),
    DeleteResourceTag: (parameters) =>
      remove([parseResource(text(parameters, 'Resource'))], [text(parameters, 'TagKey')]),
    ModifyResourceTags: async (parameters) => {
      const resource = parseResource(text(parameters, 'Resource'));
      const removed = objects(parameters, 'DeleteTags').map((tag) => text(tag, 'TagKey'));
      const replaced = tagList(parameters, 'ReplaceTags');
      await remove([resource], removed);
      return add([resource], replaced);
    },
    TagResources: async (parameters) => {
      const resources = texts(parameters, 'ResourceList').map(parseResource);
      await add(resources, tagList(parameters, 'Tags'));
      return { FailedResources: [] };
    },
    UnTagResources: async (parameters) => {
      await remove(texts(parameters, 'ResourceList').map(parseResource), texts(parameters, 'TagKeys'));
      return { FailedResources: [] };
    },
    GetResources: (parameters) => {
      const wanted = texts(parameters, 'ResourceList').map((one) => resourceText(parseResource(one)));
      const filters = objects(parameters, 'TagFilters').map((filter) => ({
        key: text(filter, 'TagKey'),
        values: texts(filter, 'TagValue'),
      }));
      const found = table
        .all()
        .filter(
          ({ resource, tags }) =>
            (wanted.length === 0 || wanted.includes(resourceText(resource))) &&
            filters.every(
              ({ key, values }) => key in tags && (values.length === 0 || values.includes(tags[key]!)),
            ),
        );
      return {
        PaginationToken: '',
        ResourceTagMappingList: found.map(({ resource, tags }) => ({
          Resource: resourceText(resource),
          Tags: pairs(tags),
        })),
      };
    },
  };

  return {
    name: 'tag',
    actions: Object.keys(actions),
    handle: ({ action, parameters }) => runAction(actions, action, parameters),
    close: () => store.settled(),
  };
}

function resourcesOf(parameters: JsonObject): Resource[] {
  const ids = texts(parameters, 'ResourceIds');
  if (ids.length === 0) text(parameters, 'ResourceIds');
  return ids.map((id) => ({
    service: text(parameters, 'ServiceType'),
    region: optionalText(parameters, 'ResourceRegion') ?? '',
    prefix: text(parameters, 'ResourcePrefix'),
    id,
  }));
}

function tagList(parameters: JsonObject, name: string): Tags {
  return Object.fromEntries(
    objects(parameters, name).map((tag) => [text(tag, 'TagKey'), optionalText(tag, 'TagValue') ?? '']),
  );
}

type Tag = { TagKey: string; TagValue: string; Category: string };

function pairs(tags: Tags): Tag[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue, Category: 'All' }));
}

function rowsOf(resource: Resource, tags: Tags): JsonObject[] {
  return pairs(tags).map(({ TagKey, TagValue, Category }) => ({
    TagKey,
    TagValue,
    ResourceId: resource.id,
    TagKeyMd5: md5(TagKey),
    TagValueMd5: md5(TagValue),
    ServiceType: resource.service,
    Category,
  }));
}

/** Those that were made, and those that something bears. */
function allTags(made: Told['tags'], table: TagTable): Tag[] {
  const all = [
    ...Object.entries(made).flatMap(([key, values]) => values.map((value) => [key, value] as const)),
    ...table.all().flatMap(({ tags }) => Object.entries(tags)),
  ];
  const distinct = new Map(all.map(([key, value]) => [JSON.stringify([key, value]), { key, value }]));
  return [...distinct.values()].map(({ key, value }) => ({ TagKey: key, TagValue: value, Category: 'All' }));
}

function counts(items: unknown[], parameters: JsonObject): JsonObject {
  return {
    TotalCount: items.length,
    Offset: Number(optionalText(parameters, 'Offset') ?? 0),
    Limit: Number(optionalText(parameters, 'Limit') ?? 15),
  };
}

function md5(value: string): string {
  return createHash('md5').update(value).digest('hex');
}
