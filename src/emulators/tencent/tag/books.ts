import type { Store } from '../../store.ts';
import type { FunctionBooks, FunctionName } from '../context.ts';
import { canonical, parseResource, type Resource, resourceText } from './resource.ts';

export type Tags = Record<string, string>;

export interface Told {
  /** Tags that were made, whether anything bears them or not: key → values. */
  tags: Record<string, string[]>;
  /** By `resourceText`; functions have theirs themselves. */
  resources: Record<string, Tags>;
}

/** Who bears which tags. */
export interface TagTable {
  of(resource: Resource): Tags;
  change(resource: Resource, make: (tags: Tags) => Tags): Promise<void>;
  /** Those that bear any. */
  all(): { resource: Resource; tags: Tags }[];
}

export function openTable(store: Store<Told>, functions: () => FunctionBooks | undefined): TagTable {
  const allOfFunctions = (): { resource: Resource; tags: Tags }[] =>
    (functions()?.all() ?? [])
      .filter(({ tags }) => Object.keys(tags).length > 0)
      .map(({ tags, ...name }) => ({ resource: resourceOf(name), tags }));
  const functionAt = (resource: Resource): (FunctionName & { tags: Tags }) | undefined => {
    if (resource.service !== 'scf') return undefined;
    const wanted = resourceText(canonical(resource, functions()));
    return functions()
      ?.all()
      .find((one) => resourceText(resourceOf(one)) === wanted);
  };
  return {
    of: (resource) => functionAt(resource)?.tags ?? store.current().resources[resourceText(resource)] ?? {},
    change: async (resource, make) => {
      const found = functionAt(resource);
      if (found !== undefined) {
        const { tags, region, namespace, name } = found;
        await functions()!.setTags({ region, namespace, name }, make(tags));
        return;
      }
      const text = resourceText(resource);
      await store.change((told) => {
        const { [text]: before = {}, ...others } = told.resources;
        const tags = make(before);
        const resources = Object.keys(tags).length === 0 ? others : { ...others, [text]: tags };
        return { value: { ...told, resources }, result: undefined };
      });
    },
    all: () => [
      ...Object.entries(store.current().resources).map(([text, tags]) => ({
        resource: parseResource(text),
        tags,
      })),
      ...allOfFunctions(),
    ],
  };
}

function resourceOf({ region, namespace, name }: FunctionName): Resource {
  return { service: 'scf', region, prefix: 'namespace', id: `${namespace}/function/${name}` };
}
