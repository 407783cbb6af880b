import type { Path } from '../file.ts';

/** What a folder deploys: the components of its file. */
export interface Project {
  /** Absolute path of the file. */
  file: string;
  /** Absolute. */
  dir: string;
  stage: string;
  /** `name`, `app` or `service` of the file, else the folder's name. */
  name: string;
  /** In the order of the file. */
  components: ComponentEntry[];
  /** Other top-level keys, with everything put in that is known. They may hold secrets: not for printing. */
  values: Record<string, unknown>;
}

export interface ComponentEntry {
  alias: string;
  /** As written: `@gosls/tencent-flask`, `flask`, `./components/Foo`, `npm:…`. */
  component: string;
  /** With everything put in that is known before anything is deployed; outputs stand in it as text: `${alias.output}`. */
  inputs: Record<string, unknown>;
  /** `dependsOn` of the file, and every alias that the inputs refer to; sorted as they come, each once. */
  dependsOn: string[];
  /** Shell commands, run in the project's folder with the variables of its `.env` files. No secrets in them. */
  hooks: { before: string[]; after: string[] };
  /**
   * `serverless.yml:12:5` of a path into the inputs (of the nearest one above when there is none); for a .js file the
   * file alone.
   */
  where(path: Path): string;
  /** Paths into the inputs, keys joined by `.`, of what came from the environment: may be secrets, never printed. */
  secret: ReadonlySet<string>;
  /** Paths of the texts in the inputs that have outputs to come in them. Absent: every text is looked at. */
  unresolved?: readonly Path[];
}
