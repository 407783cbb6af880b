import type { NamespaceRecord } from './books.ts';
import type { Desk } from './desk.ts';
import { failed, inUse, invalid, limitExceeded, notFound, unsupported } from './errors.ts';
import { pageOf } from './functions/show.ts';
import type { Handlers } from './models.ts';
import { beijingTime } from './times.ts';

/** `default` is one of them. */
export const MOST_NAMESPACES = 5;

export function namespaceActions({
  context,
  ledger,
}: Desk): Handlers<'CreateNamespace' | 'UpdateNamespace' | 'ListNamespaces' | 'DeleteNamespace'> {
  return {
    CreateNamespace: async (
      { Namespace: name, Description: description = '', ResourceEnv: environment },
      { region },
    ) => {
      if (environment !== undefined)
        throw unsupported('This emulator has no clusters: leave ResourceEnv out.');
      if (!/^[A-Za-z][\w-]{0,28}[A-Za-z0-9]$/.test(name))
        throw invalid(
          'Namespace',
          `The name [${name}] is not valid: 2 to 30 letters, digits, - and _, a letter first.`,
        );
      await ledger.changeRegion(region, ({ namespaces }) => {
        if (Object.hasOwn(namespaces, name)) throw inUse('Namespace', name);
        if (Object.keys(namespaces).length >= MOST_NAMESPACES)
          throw limitExceeded('Namespace', `The region has ${MOST_NAMESPACES} namespaces already.`);
        const now = context.now();
        namespaces[name] = { description, addTime: now, modTime: now, functions: {} };
      });
      return {};
    },
    UpdateNamespace: async ({ Namespace: name, Description: description }, { region }) => {
      await ledger.changeRegion(region, ({ namespaces }) => {
        const found = namespaceOf(namespaces, name);
        found.description = description;
        found.modTime = context.now();
      });
      return {};
    },
    ListNamespaces: (request, { region }) => {
      const { Orderby: by, Order: order, SearchKey: search = [] } = request;
      const found = Object.entries(ledger.region(region).namespaces).filter(([name, { description }]) =>
        search.every(({ Key, Value }) => (Key === 'Description' ? description : name).includes(Value)),
      );
      found.sort(([a, one], [b, other]) =>
        by === 'Updatetime' ? one.modTime - other.modTime : a < b ? -1 : 1,
      );
      if (order === 'DESC') found.reverse();
      const { from, to } = pageOf(request);
      return {
        Namespaces: found.slice(from, to).map(([name, { description, addTime, modTime }]) => ({
          Name: name,
          Description: description,
          AddTime: beijingTime(addTime),
          ModTime: beijingTime(modTime),
          Type: 'default',
        })),
        TotalCount: found.length,
      };
    },
    DeleteNamespace: async ({ Namespace: name }, { region }) => {
      await ledger.changeRegion(region, ({ namespaces }) => {
        const { functions } = namespaceOf(namespaces, name);
        if (name === 'default') throw failed('DeleteNamespace', 'The namespace default cannot be deleted.');
        if (Object.keys(functions).length > 0)
          throw failed('DeleteNamespace', `The namespace [${name}] still has functions.`);
        delete namespaces[name];
      });
      return {};
    },
  };
}

function namespaceOf(namespaces: Record<string, NamespaceRecord>, name: string): NamespaceRecord {
  if (!Object.hasOwn(namespaces, name)) throw notFound('Namespace', name);
  return namespaces[name]!;
}
