/** A component as a file names it: what the engine needs of `config`'s reading. */
export interface ComponentEntry {
  alias: string;
  /** As written: `flask`, `@gosls/tencent-flask`, `./components/Foo`, `npm:…`. */
  component: string;
  /** What is known only when something else has been deployed is still `${alias.output}`. */
  inputs: Record<string, unknown>;
  dependsOn: string[];
  /** Shell commands. */
  hooks: { before: string[]; after: string[] };
  /** `serverless.yml:12:5` of a path into the inputs. */
  where(path: readonly (string | number)[]): string;
  /** Paths (joined with `.`) of values that may be secrets. */
  secret: ReadonlySet<string>;
}
