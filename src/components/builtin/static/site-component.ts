import { resolve } from 'node:path';

import type { LiveSite, PackageFile, RouteWish } from '../../../providers/types.ts';
import { chooseRoutes } from '../app/choose-routes.ts';
import { Component, type ComponentClass, type Values } from '../../component.ts';
import type { InputSchema } from '../../inputs.ts';
import type { Change } from '../../types.ts';
import { givenName, ownName } from '../names.ts';
import { madeOrChanged } from '../change.ts';
import { isOurs, labelsOf, noteAdoption, refuseForeign, type Remover, removeOwn } from '../ownership.ts';
import { regionOf } from '../region.ts';
import { sourceFolder } from '../source-folder.ts';
import type { SiteSettings } from './site-settings.ts';

export interface SiteKind {
  kind: string;
  inputs: InputSchema;
  settings(inputs: never): SiteSettings;
}

interface SiteState {
  site?: string;
  routes?: RouteWish[];
  /** Settings of the last deployment. */
  settings?: string;
  obsolete?: string[];
  /** Absent: the provider's default. */
  region?: string;
}

/** A component that serves a folder's files as they are. */
export function siteComponent({ kind, inputs: schema, settings: settingsOf }: SiteKind): ComponentClass {
  return class extends SiteComponent {
    static override inputs = schema;
    static kind = kind;
    protected override [SETTINGS](inputs: Values): SiteSettings {
      return settingsOf(inputs as never);
    }
  };
}

/** Not a name: methods with names are verbs. */
const SETTINGS = Symbol('settings');

abstract class SiteComponent extends Component {
  protected abstract [SETTINGS](inputs: Values): SiteSettings;

  get #state(): SiteState {
    return this.state;
  }

  override async default(inputs: Values): Promise<Values> {
    const { context } = this;
    const settings = this[SETTINGS](inputs);
    for (const note of settings.notes) context.note(note);
    if (settings.build !== undefined) {
      const { command, folder } = settings.build;
      await context.workshop.run(command, resolve(context.root, folder), settings.env);
    }
    const wanted = await this.#look(settings);
    const { name, live, files, routes } = wanted;
    if (live !== undefined && this.#state.site === undefined) noteAdoption(this, 'site', name);
    const because = this.#differences(wanted);
    let url = live?.url;
    if (because.length > 0) {
      const { site: before, obsolete = [] } = this.#state;
      const region = regionOf(this, settings.region);
      this.state = {
        ...this.state,
        ...(region === undefined ? {} : { region }),
        site: name,
        obsolete: before === undefined || before === name ? obsolete : [...obsolete, before],
      };
      await this.save();
      context.signal.throwIfAborted();
      const deployed = await context.providerFor(region).deploySite({
        name,
        package: files,
        index: settings.index,
        ...(settings.error === undefined ? {} : { error: settings.error }),
        errorStatus: settings.errorStatus,
        routes: routes ?? [],
        labels: labelsOf(this),
      });
      ({ url } = deployed);
      context.changed(madeOrChanged('site', name, live === undefined, because));
    }
    this.state = {
      ...this.state,
      site: name,
      ...(routes === undefined ? {} : { routes }),
      settings: wanted.settings,
    };
    await this.save();
    await this.#removeObsolete();
    return {
      name,
      ...(url === undefined ? {} : { url }),
      ...(settings.bucket === undefined ? {} : { bucket: settings.bucket }),
      ...(settings.region === undefined ? {} : { region: settings.region }),
      env: settings.env,
    };
  }

  override async plan(inputs: Values): Promise<Change[] | undefined> {
    const settings = this[SETTINGS](inputs);
    // What its build makes of it cannot be known before.
    if (settings.build !== undefined) return undefined;
    const wanted = await this.#look(settings);
    const because = this.#differences(wanted);
    if (because.length === 0) return [];
    return [madeOrChanged('site', wanted.name, wanted.live === undefined, because)];
  }

  override async adopt(inputs: Values): Promise<boolean> {
    const name = givenName(this, this[SETTINGS](inputs)) ?? ownName(this);
    const { region } = this[SETTINGS](inputs);
    if (this.context.target !== 'local' && region !== undefined) this.state = { region };
    if (!isOurs(this, await this.#remover().labels(name))) return false;
    this.state = { ...this.state, site: name };
    return true;
  }

  override async remove(): Promise<void> {
    const { site, obsolete = [] } = this.#state;
    for (const name of await removeOwn(this, [site, ...obsolete], this.#remover()))
      this.context.changed({ action: 'remove', kind: 'site', name, because: [] });
    this.state = {};
  }

  async #look(settings: SiteSettings): Promise<Wanted> {
    const { context } = this;
    const name = givenName(this, settings) ?? this.#state.site ?? ownName(this);
    const dir =
      settings.src === undefined ? undefined : sourceFolder(this, settings.src, 'a folder of files');
    const [files, live] = await Promise.all([
      context.workshop.pack({
        ...(dir === undefined ? {} : { dir }),
        include: settings.include,
        exclude: settings.exclude,
        ...(Object.keys(settings.env).length === 0 ? {} : { extra: { 'env.js': envScript(settings.env) } }),
      }),
      context.providerFor(regionOf(this, settings.region)).findSite(name),
    ]);
    refuseForeign(this, 'site', name, live?.labels);
    const routes = await chooseRoutes(this, name, settings, this.#state.routes, live !== undefined);
    const { index, error, errorStatus } = settings;
    return { name, files, live, routes, settings: JSON.stringify({ index, error, errorStatus, routes }) };
  }

  #differences({ live, files, settings, name }: Wanted): string[] {
    if (live === undefined) return ['it is not there'];
    return [
      ...(live.digest === files.digest ? [] : ['files']),
      ...(this.#state.settings === settings ? [] : ['settings']),
      ...(this.#state.site === undefined || this.#state.site === name ? [] : ['name']),
    ];
  }

  async #removeObsolete(): Promise<void> {
    const { obsolete = [], ...rest } = this.#state;
    if (obsolete.length === 0) return;
    await removeOwn(this, obsolete, this.#remover());
    this.state = rest;
    await this.save();
  }

  #remover(): Remover {
    const provider = this.context.providerFor(this.#state.region);
    return {
      labels: async (name) => (await provider.findSite(name))?.labels,
      remove: (name) => provider.removeSite(name),
    };
  }
}

interface Wanted {
  name: string;
  files: PackageFile;
  live: LiveSite | undefined;
  routes: RouteWish[] | undefined;
  settings: string;
}

/** As the old website component wrote it. */
function envScript(env: Record<string, string>): string {
  const lines = Object.entries(env).map(
    ([name, value]) => `window.env[${JSON.stringify(name)}] = ${JSON.stringify(value)};\n`,
  );
  return `window.env = {};\n${lines.join('')}`;
}
