import type { InputSchema } from './inputs.ts';
import type { Change, ComponentContext } from './types.ts';

/**
 * A reusable unit of deployment. Extend it, say in `static inputs` what it takes, and make `default` do the work:
 *
 *     import { Component } from 'ropeway';
 *     export default class Bottle extends Component {
 *       static inputs = { type: 'object', properties: { src: { type: 'string' } } };
 *       async default({ src }) {
 *         const web = await this.load('web');
 *         return web({ src, app: 'app:app' });
 *       }
 *     }
 *
 * Any other method is a verb: `ropeway <method> <alias>`.
 */
export abstract class Component<Inputs extends object = Values, Outputs extends object = Values> {
  /** What `default` takes: a JSON Schema (draft 2020-12), or any schema of the Standard Schema kind (zod, valibot, arktype…). Checked before anything is called. */
  static inputs?: InputSchema;
  /** Names of outputs that are never printed and not kept in the state. */
  static secrets?: readonly string[];

  /** `shop`, or `shop.web` for one that `shop` has loaded. */
  readonly id: string;
  readonly context: ComponentContext;
  /** What this component knows of what it has made; kept by `save()`, there again in the next run. */
  state: Values = {};

  readonly #host: ComponentHost;

  constructor(id: string, context: ComponentContext, host: ComponentHost) {
    this.id = id;
    this.context = context;
    this.#host = host;
  }

  /** Makes everything as the inputs say, also when a part of it is there already. What it returns others read as `${alias.name}`. */
  abstract default(inputs: Inputs): Promise<Outputs> | Outputs;

  /** Removes what was made, also when a part of it is gone. Without one of its own, what was loaded is removed, the last first. */
  async remove(): Promise<void> {
    await this.#host.removeLoaded(this.id);
  }

  /** What `default` would do with these inputs; undefined: it cannot be told before. */
  plan(_inputs: Inputs): Promise<Change[] | undefined> | Change[] | undefined {
    return undefined;
  }

  /** Whether something is there that another checkout of the same files has made; then `state` says what, so that it can be removed. */
  adopt(_inputs: Inputs): Promise<boolean> | boolean {
    return false;
  }

  /** Writes `state` down. To be called after each thing that was made: what is not saved is not found again. */
  save(): Promise<void> {
    return this.#host.save(this.id, this.state);
  }

  /** Another component, as a part of this one: built in (`web`), a folder (`./components/Foo`), or a package. `alias` tells two of a kind apart. */
  load(name: string, alias?: string): Promise<LoadedComponent> {
    return this.#host.load(this.id, name, alias);
  }
}

/** Names and values. */
export type Values = Record<string, unknown>;

/** Called, it deploys: `await web({src: '.'})`; its other methods are verbs. */
export interface LoadedComponent {
  (inputs?: Values): Promise<Values>;
  remove(): Promise<void>;
  call(verb: string, inputs?: unknown): Promise<unknown>;
}

/** What a component's own methods lean on. */
export interface ComponentHost {
  save(id: string, state: Values): Promise<void>;
  load(parent: string, name: string, alias: string | undefined): Promise<LoadedComponent>;
  /** Removes what this one has loaded, the last first. */
  removeLoaded(id: string): Promise<void>;
}

export type ComponentClass = {
  new (id: string, context: ComponentContext, host: ComponentHost): Component;
  inputs?: InputSchema;
  secrets?: readonly string[];
  /** What it is, whatever name it is called by; absent: it has one name. */
  kind?: string;
};
