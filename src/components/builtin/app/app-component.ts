import { Component, type ComponentClass, type Values } from '../../component.ts';
import type { InputSchema } from '../../inputs.ts';
import type { BuiltApp, Change } from '../../types.ts';
import { madeOrChanged } from '../change.ts';
import { isOurs } from '../ownership.ts';
import { givenName, ownName } from '../names.ts';
import { deployPlace, outputsOf } from './deploy-place.ts';
import { labelsOn } from './labels-on.ts';
import { findApp, look } from './look.ts';
import { clearPlace, knownPlaces, type Place, placesOf, staysNote } from './place.ts';
import type { AppSettings } from './settings.ts';
import { notDeployed, versionToPromote, versionToServe } from './versions.ts';

export interface AppKind {
  /** `flask`: what it is, whatever name it is called by. */
  kind: string;
  inputs: InputSchema;
  settings(inputs: never): AppSettings;
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

/** Carries an app onto a function; in a cloud onto one in each region. */
abstract class AppComponent extends Component {
  protected abstract readonly [KIND]: string;
  protected abstract [SETTINGS](inputs: Values): AppSettings;

  override async default(inputs: Values): Promise<Values> {
    const { context } = this;
    const settings = this[SETTINGS](inputs);
    const isLocal = context.target === 'local';
    for (const note of [...settings.notes, ...(isLocal ? settings.localNotes : [])]) context.note(note);
    const places = this.#places(settings);
    const found = await findApp(this, settings);
    let built: Promise<BuiltApp> | undefined;
    const outputs: Values[] = [];
    for (const place of places) {
      const wanted = await look(place, this[KIND], settings, found);
      const deployed = await deployPlace(
        place,
        settings,
        wanted,
        () => (built ??= context.workshop.build(found)),
      );
      const region = place.region ?? place.provider.region ?? settings.regions[0];
      outputs.push(outputsOf(settings, wanted.name, region, deployed));
    }
    await this.#leaveOthers(places);
    const [first] = outputs;
    return outputs.length === 1
      ? first!
      : { ...first, urls: Object.fromEntries(outputs.map(({ region, url }) => [String(region), url])) };
  }

  override async plan(inputs: Values): Promise<Change[]> {
    const settings = this[SETTINGS](inputs);
    const places = this.#places(settings);
    const found = await findApp(this, settings);
    const changes: Change[] = [];
    for (const place of places) {
      const { name, live, because } = await look(place, this[KIND], settings, found);
      if (because.length === 0) continue;
      changes.push(madeOrChanged('function', place.title(name), live === undefined, because));
      const { function: before } = place.state();
      if (before !== undefined && before !== name) {
        const why = [`it is called ${name} now`];
        changes.push({ action: 'remove', kind: 'function', name: before, because: why });
      }
    }
    for (const place of this.#others(places)) {
      const { function: name } = place.state();
      const why = [`${place.region ?? 'it'} is not wanted any more`];
      if (name !== undefined)
        changes.push({ action: 'remove', kind: 'function', name: place.title(name), because: why });
    }
    return changes;
  }

  override async adopt(inputs: Values): Promise<boolean> {
    const settings = this[SETTINGS](inputs);
    const name = givenName(this, settings) ?? ownName(this);
    let isAny = false;
    for (const place of this.#places(settings)) {
      const live = await place.provider.findFunction(name);
      if (!isOurs(this, labelsOn(live))) continue;
      place.setState({ function: name });
      isAny = true;
    }
    return isAny;
  }

  override async remove(): Promise<void> {
    for (const place of knownPlaces(this)) await this.#clear(place, true);
    this.state = {};
  }

  /** `ropeway rollback`: an older version serves; without a number the one before the present, or that of before a canary. */
  async rollback({ version }: { version?: string } = {}): Promise<Values> {
    return this.#serve((live) => versionToServe(live, version, this.id));
  }

  /** `ropeway promote`: the version that had a share of the requests gets all of them. */
  async promote(): Promise<Values> {
    return this.#serve((live) => versionToPromote(live, this.id));
  }

  async #serve(choose: (live: Parameters<typeof versionToServe>[0]) => string): Promise<Values> {
    const served: Values[] = [];
    for (const place of knownPlaces(this)) {
      const { function: name } = place.state();
      const live = name === undefined ? undefined : await place.provider.findFunction(name);
      if (name === undefined || live === undefined) throw notDeployed(this.id);
      const version = choose(live);
      await place.provider.setTraffic(name, { version });
      // What was observed was so of another version.
      const { observed: _, ...rest } = place.state();
      place.setState({ ...rest, version });
      await this.save();
      served.push({ function: place.title(name), version, before: live.version });
    }
    return served.length === 1 ? served[0]! : { ...served[0], all: served };
  }

  #places({ regions }: AppSettings): Place[] {
    const wanted = this.context.target === 'local' ? [] : regions;
    const note = staysNote(this, wanted);
    if (note !== undefined) this.context.note(note);
    return placesOf(this, wanted);
  }

  #others(places: readonly Place[]): Place[] {
    return knownPlaces(this).filter(({ region }) => !places.some((place) => place.region === region));
  }

  /** Regions that are not wanted any more. */
  async #leaveOthers(places: readonly Place[]): Promise<void> {
    for (const place of this.#others(places)) {
      await this.#clear(place, true);
      await this.save();
    }
  }

  async #clear(place: Place, isTold: boolean): Promise<void> {
    const removed = await clearPlace(place, (name) => {
      if (isTold) this.context.status(`removing ${place.title(name)}`);
    });
    for (const name of removed)
      this.context.changed({ action: 'remove', kind: 'function', name: place.title(name), because: [] });
  }
}
