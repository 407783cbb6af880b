import type { Store } from '../../store.ts';
import type { FunctionName } from '../context.ts';
import {
  type AliasRecord,
  type Books,
  type FunctionRecord,
  newRegion,
  type NamespaceRecord,
  type RegionBooks,
  type VersionRecord,
} from './books.ts';
import { failed, notFound } from './errors.ts';

/** The books, and how entries of them are found and changed. What is not there is a `TencentError`. */
export interface Ledger {
  books(): Books;
  settled(): Promise<void>;
  region(region: string): RegionBooks;
  namespace(region: string, namespace: string): NamespaceRecord;
  find(wanted: FunctionName): FunctionRecord;
  changeRegion<R>(region: string, change: (draft: RegionBooks) => R): Promise<R>;
  /** The draft is a copy: what `change` throws leaves everything as it was. */
  change<R>(wanted: FunctionName, change: (draft: FunctionRecord) => R): Promise<R>;
  changeBooks(change: (draft: Books) => void): Promise<void>;
}

export function openLedger(store: Store<Books>, now: () => number): Ledger {
  const regionOf = (books: Books, region: string): RegionBooks => books.regions[region] ?? newRegion(now());
  const namespaceOf = (books: RegionBooks, namespace: string): NamespaceRecord => {
    const found = Object.hasOwn(books.namespaces, namespace) ? books.namespaces[namespace] : undefined;
    if (found === undefined) throw notFound('Namespace', namespace);
    return found;
  };
  const functionOf = (books: RegionBooks, { namespace, name }: FunctionName): FunctionRecord => {
    const { functions } = namespaceOf(books, namespace);
    if (!Object.hasOwn(functions, name)) throw notFound('Function', name);
    return functions[name]!;
  };
  const withRegion = (books: Books, name: string, region: RegionBooks): Books => ({
    ...books,
    regions: { ...books.regions, [name]: region },
  });
  return {
    books: store.current,
    settled: store.settled,
    region: (region) => regionOf(store.current(), region),
    namespace: (region, namespace) => namespaceOf(regionOf(store.current(), region), namespace),
    find: (wanted) => functionOf(regionOf(store.current(), wanted.region), wanted),
    changeRegion: (name, change) =>
      store.change((books) => {
        const draft = structuredClone(regionOf(books, name));
        const result = change(draft);
        return { value: withRegion(books, name, draft), result };
      }),
    change: (wanted, change) =>
      store.change((books) => {
        const region = regionOf(books, wanted.region);
        const namespace = namespaceOf(region, wanted.namespace);
        const draft = structuredClone(functionOf(region, wanted));
        const result = change(draft);
        const functions = { ...namespace.functions, [wanted.name]: draft };
        const namespaces = { ...region.namespaces, [wanted.namespace]: { ...namespace, functions } };
        return { value: withRegion(books, wanted.region, { ...region, namespaces }), result };
      }),
    changeBooks: (change) =>
      store.change((books) => {
        const draft = structuredClone(books);
        change(draft);
        return { value: draft, result: undefined };
      }),
  };
}

/** The function that a request is for. */
export function wantedFunction(
  { FunctionName: name = '', Namespace }: { FunctionName?: string; Namespace?: string },
  { region }: { region: string },
): FunctionName {
  return { region, namespace: Namespace === undefined || Namespace === '' ? 'default' : Namespace, name };
}

/** By its name: `$LATEST` or a number. */
export function versionOf(record: FunctionRecord, version: string): VersionRecord {
  const found = [record.latest, ...record.versions].find((one) => one.version === version);
  if (found === undefined) throw notFound('FunctionVersion', version);
  return found;
}

export function aliasOf(record: FunctionRecord, name: string): AliasRecord {
  const found = Object.hasOwn(record.aliases, name) ? record.aliases[name] : undefined;
  if (found === undefined) throw notFound('Alias', name);
  return found;
}

/** The version that a qualifier names: itself, or that to which an alias leads first. */
export function versionFor(record: FunctionRecord, qualifier: string): VersionRecord {
  if (Object.hasOwn(record.aliases, qualifier)) return versionOf(record, record.aliases[qualifier]!.version);
  const found = [record.latest, ...record.versions].find((one) => one.version === qualifier);
  if (found === undefined) throw notFound('Qualifier', qualifier);
  return found;
}

/** Throws unless it is a version or an alias. */
export function checkQualifier(record: FunctionRecord, qualifier: string): void {
  versionFor(record, qualifier);
}

/** Throws FailedOperation.FunctionStatusError while the function is at something, and after it could not be made. */
export function checkIdle({ latest }: FunctionRecord, name: string): void {
  if (latest.status === 'Active' || latest.status === 'UpdateFailed') return;
  throw failed(
    'FunctionStatusError',
    `The function [${name}] is in status ${latest.status}, in which this cannot be done. Try again when it is Active.`,
  );
}
