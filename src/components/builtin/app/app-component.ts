import { randomBytes } from 'node:crypto';

import type { DeployedVersion, Labels, LiveFunction, RouteWish } from '../../../providers/types.ts';
import { Component, type ComponentClass, type Values } from '../../component.ts';
import type { InputSchema } from '../../inputs.ts';
import type { Change, FoundApp } from '../../types.ts';
import { madeOrChanged } from '../change.ts';
import { isOurs, labelsOf, noteAdoption, refuseForeign, type Remover, removeOwn } from '../ownership.ts';
import { sourceFolder } from '../source-folder.ts';
import { givenName, ownName } from '../names.ts';
import { checkFramework } from './check-framework.ts';
import { chooseRoutes } from './choose-routes.ts';
import { deploymentDigest, differences, partsOf } from './compare.ts';
import { defined } from './own-inputs.ts';
import type { AppSettings } from './settings.ts';
import { notDeployed, versionToServe } from './versions.ts';

export interface AppKind {
  /** `flask`: what it is, whatever name it is called by. */
  kind: string;
  inputs: InputSchema;
  settings(inputs: never): AppSettings;
}

/** What such a component knows of its function. */
interface AppState {
  /** Noted before it is made: a removal finds what a deployment left that was cut off. */
  function?: string;
  version?: string;
  url?: string;
  routes?: RouteWish[];
  /** Absent: the one that the target's gateway speaks. */
  eventFormat?: string;
  /** Digests of what was deployed, by part, to see and say what has changed. */
  parts?: Record<string, string>;
  salt?: string;
  /** Functions that it had under another name. */
  obsolete?: string[];
}

/** A component for one kind of app. */
export function appComponent({ kind, inputs: schema, settings: settingsOf }: AppKind): ComponentClass {
  return class extends AppComponent {
    static override inputs = schema;
    static kind = kind;
    protected override readonly [KIND] = kind;
    protected override [SETTINGS](inputs: Values): AppSettings {
      return settingsOf(inputs as never);
    }
  };
}

/** Not by names: methods with names are verbs. */
const SETTINGS = Symbol('settings');
const KIND = Symbol('kind');

/** Carries an app onto a function. */
abstract class AppComponent extends Component {
  protected abstract readonly [KIND]: string;
  protected abstract [SETTINGS](inputs: Values): AppSettings;

  get #state(): AppState {
    return this.state;
  }

  override async default(inputs: Values): Promise<Values> {
    const { context } = this;
    const settings = this[SETTINGS](inputs);
    for (const note of settings.notes) context.note(note);
    const wanted = await this.#look(settings);
    const { name, live, found, routes, parts, labels } = wanted;
    const adopted = live !== undefined && this.#state.function === undefined;
    if (adopted) noteAdoption(this, 'function', name);
    const because = this.#differences(wanted);
    if (because.length === 0) {
      const version = live!.version!;
      this.state = { ...this.state, function: name, version, parts, routes, salt: wanted.salt };
      // A deployment that was cut off may have left them.
      await this.#removeObsolete();
      return this.#outputs(settings, {
        version,
        ...(live!.url === undefined ? {} : { url: live!.url }),
        unchanged: true,
      });
    }
    const { function: before, obsolete = [] } = this.#state;
    const renamed = before !== undefined && before !== name ? [...obsolete, before] : obsolete;
    this.state = { ...this.state, function: name, salt: wanted.salt, routes, obsolete: renamed };
    await this.save();

    context.status(`packing ${found.title}`);
    const built = await context.workshop.build(found);
    const layers = [...built.layers, ...(await this.#layers(settings))];
    context.signal.throwIfAborted();
    context.status(`deploying ${name}`);
    const deployed = await context.provider.deployFunction({
      name,
      entry: built.entry,
      code: built.code,
      layers,
      ...(built.interpreter === undefined ? {} : { interpreter: built.interpreter }),
      env: settings.env,
      limits: settings.limits,
      ...(settings.eventFormat === undefined ? {} : { eventFormat: settings.eventFormat }),
      stream: settings.stream,
      warmup: settings.warmup,
      ...(settings.cold === undefined ? {} : { cold: settings.cold }),
      ...(routes === undefined ? {} : { routes }),
      labels,
    });
    this.state = {
      ...this.state,
      version: deployed.version,
      url: deployed.url,
      parts,
      eventFormat: settings.eventFormat,
    };
    await this.save();
    context.changed(
      madeOrChanged('function', `${name} version ${deployed.version}`, live === undefined, because),
    );
    await this.#removeObsolete();
    return this.#outputs(settings, deployed);
  }

  override async plan(inputs: Values): Promise<Change[]> {
    const wanted = await this.#look(this[SETTINGS](inputs));
    const because = this.#differences(wanted);
    if (because.length === 0) return [];
    const { name, live } = wanted;
    const before = this.#state.function;
    const changes = [madeOrChanged('function', name, live === undefined, because)];
    if (before !== undefined && before !== name) {
      changes.push({
        action: 'remove',
        kind: 'function',
        name: before,
        because: [`it is called ${name} now`],
      });
    }
    return changes;
  }

  override async adopt(inputs: Values): Promise<boolean> {
    const name = givenName(this, this[SETTINGS](inputs)) ?? ownName(this);
    const live = await this.context.provider.findFunction(name);
    if (!isOurs(this, labelsOn(live))) return false;
    this.state = { function: name };
    return true;
  }

  override async remove(): Promise<void> {
    const { function: name, obsolete = [] } = this.#state;
    for (const removed of await removeOwn(this, [name, ...obsolete], this.#remover(true)))
      this.context.changed({ action: 'remove', kind: 'function', name: removed, because: [] });
    this.state = {};
  }

  /** `ropeway rollback`: an older version serves; without a number the one before the present. */
  async rollback({ version }: { version?: string } = {}): Promise<Values> {
    const { provider } = this.context;
    const name = this.#state.function;
    const live = name === undefined ? undefined : await provider.findFunction(name);
    if (name === undefined || live === undefined) throw notDeployed(this.id);
    const chosen = versionToServe(live, version, this.id);
    await provider.setTraffic(name, { version: chosen });
    this.state = { ...this.state, version: chosen };
    await this.save();
    return { function: name, version: chosen, before: live.version };
  }

  /** Where things stand, here and there. Changes nothing. */
  async #look(settings: AppSettings): Promise<Wanted> {
    const { context } = this;
    const dir = sourceFolder(this, settings.src, 'the folder of an app');
    const name = givenName(this, settings) ?? this.#state.function ?? ownName(this);
    const { app, start, handler, include, exclude, node, frameworks } = settings;
    const wish = { dir, include, exclude, ...defined({ app, start, handler, node }) };
    const [found, live] = await Promise.all([
      context.workshop.find(wish),
      context.provider.findFunction(name),
    ]);
    refuseForeign(this, 'function', name, labelsOn(live));
    checkFramework(this.id, this[KIND], frameworks, found);
    const routes = await chooseRoutes(this, name, settings, this.#state.routes, live !== undefined);
    const salt = this.#state.salt ?? randomBytes(16).toString('hex');
    const parts = partsOf(settings, found, routes, salt);
    const deployment = deploymentDigest(settings, found, routes);
    return { name, found, live, routes, salt, parts, labels: { ...labelsOf(this), deployment } };
  }

  #differences({ name, live, parts, labels, routes = [] }: Wanted): string[] {
    return differences(this.#state, live, { name, parts, deployment: labels['deployment']!, routes });
  }

  async #layers({ layers }: AppSettings): Promise<{ file: string; digest: string }[]> {
    return Promise.all(layers.map((layer) => this.context.findLayer(layer.name, layer.version)));
  }

  async #removeObsolete(): Promise<void> {
    const { obsolete = [], ...rest } = this.#state;
    if (obsolete.length === 0) return;
    await removeOwn(this, obsolete, this.#remover(false));
    this.state = rest;
    await this.save();
  }

  #remover(isTold: boolean): Remover {
    const { provider, status } = this.context;
    return {
      labels: async (name) => labelsOn(await provider.findFunction(name)),
      remove: (name) => {
        if (isTold) status(`removing ${name}`);
        return provider.removeFunction(name);
      },
    };
  }

  #outputs({ region, env, oldOutputs }: AppSettings, { version, url }: DeployedVersion): Values {
    const name = this.#state.function;
    this.state = { ...this.state, ...(url === undefined ? {} : { url }) };
    return {
      name,
      functionName: name,
      version,
      ...(url === undefined ? {} : { url }),
      ...(region === undefined ? {} : { region }),
      environment: Object.keys(env),
      ...(oldOutputs === undefined ? {} : { [oldOutputs.nameKey]: name, ...oldOutputs.values }),
    };
  }
}

interface Wanted {
  name: string;
  found: FoundApp;
  live: LiveFunction | undefined;
  routes: RouteWish[] | undefined;
  salt: string;
  parts: Record<string, string>;
  labels: Record<string, string>;
}

/** Whose a function is says its latest version. */
function labelsOn(live: LiveFunction | undefined): Labels | undefined {
  return live?.versions.at(-1)?.labels;
}
