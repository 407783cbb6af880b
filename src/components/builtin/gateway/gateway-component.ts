import { RopewayError } from '../../../lib/errors.ts';
import { Component, type ComponentClass, type Values } from '../../component.ts';
import type { InputSchema } from '../../inputs.ts';
import type { Change } from '../../types.ts';
import { madeOrChanged } from '../change.ts';
import { ownName } from '../names.ts';
import { regionOf } from '../region.ts';
import type { GatewaySettings } from './inputs.ts';

export interface GatewayKind {
  inputs: InputSchema;
  settings(inputs: never): GatewaySettings;
}

interface GatewayState {
  gateway?: string;
  routes?: GatewaySettings['routes'];
  url?: string;
  /** Absent: the provider's default. */
  region?: string;
}

/** A component that leads paths to functions of other components. */
export function gatewayComponent({ inputs: schema, settings: settingsOf }: GatewayKind): ComponentClass {
  return class extends GatewayComponent {
    static override inputs = schema;
    static kind = 'gateway';
    protected override [SETTINGS](inputs: Values): GatewaySettings {
      return settingsOf(inputs as never);
    }
  };
}

/** Not a name: methods with names are verbs. */
const SETTINGS = Symbol('settings');

abstract class GatewayComponent extends Component {
  protected abstract [SETTINGS](inputs: Values): GatewaySettings;

  get #state(): GatewayState {
    return this.state;
  }

  override async default(inputs: Values): Promise<Values> {
    const { context } = this;
    const settings = this[SETTINGS](inputs);
    for (const note of settings.notes) context.note(note);
    this.#checkFunctions(settings);
    const name = settings.name ?? this.#state.gateway ?? ownName(this);
    const region = regionOf(this, settings.region);
    const because = await this.#differences(settings);
    if (because.length > 0) {
      const before = this.#state.routes ?? [];
      // Both, until it is done: a removal takes away what is there of either.
      const kept = region === undefined ? {} : { region };
      this.state = { ...this.state, ...kept, gateway: name, routes: [...before, ...settings.routes] };
      await this.save();
      const provider = context.providerFor(region);
      const { url } = await provider.deployGateway({ name, routes: settings.routes, before });
      this.state = { ...kept, gateway: name, routes: settings.routes, url };
      await this.save();
      context.changed(madeOrChanged('gateway', name, before.length === 0, because));
    }
    const { url } = this.#state;
    return {
      name,
      serviceName: name,
      ...(url === undefined ? {} : { url, subDomain: new URL(url).host }),
      environment: settings.stage,
      ...(settings.region === undefined ? {} : { region: settings.region }),
      protocols: ['http'],
      routes: settings.routes.map(({ path, function: target }) => `${path} → ${target}`),
    };
  }

  override async plan(inputs: Values): Promise<Change[]> {
    const settings = this[SETTINGS](inputs);
    const because = await this.#differences(settings);
    if (because.length === 0) return [];
    const name = settings.name ?? this.#state.gateway ?? ownName(this);
    return [madeOrChanged('gateway', name, this.#state.routes === undefined, because)];
  }

  override async remove(): Promise<void> {
    const { gateway: name, routes = [], region } = this.#state;
    const provider = this.context.providerFor(region);
    if (name !== undefined && (await provider.removeGateway(routes, name))) {
      this.context.changed({ action: 'remove', kind: 'gateway', name, because: [] });
    }
    this.state = {};
  }

  async #differences({ name: given, routes, region }: GatewaySettings): Promise<string[]> {
    const provider = this.context.providerFor(regionOf(this, region));
    const name = given ?? this.#state.gateway;
    if (this.#state.routes === undefined) return ['it is not there'];
    if (JSON.stringify(this.#state.routes) !== JSON.stringify(routes)) return ['routes'];
    for (const route of routes) {
      if ((await provider.ownerOfRoute(route, name)) !== route.function) {
        return [`${route.path} does not lead to ${route.function}`];
      }
    }
    return [];
  }

  #checkFunctions({ routes }: GatewaySettings): void {
    const without = routes.find((route) => route.function === '');
    if (without === undefined) return;
    throw new RopewayError({
      code: 'INPUTS',
      message: `Route ${without.path} of \`${this.id}\` leads nowhere.`,
      expected: 'the name of a function: `function: ${api.name}`, in old files `function: {functionName: …}`',
    });
  }
}
