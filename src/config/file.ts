/** Keys of mappings and indices of lists, from the top of a value down. */
export type Path = readonly (string | number)[];

/** A configuration file that has been read: plain data, and where each part of it stands. */
export interface ConfigFile {
  /** `serverless.yml` */
  name: string;
  /** Nothing but what JSON has; undefined when the file is empty. */
  value: unknown;
  /** `serverless.yml:12:5`: the key, or the item of a list, at the end of the path; the nearest one above that exists. */
  where(path: Path): string;
  /** Where the first alias (`*name`) stands. */
  firstAlias?: string;
}
