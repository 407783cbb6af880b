import { BUILT_IN } from '../builtin/list.ts';
import { Component, type ComponentClass, type LoadedComponent, type Values } from '../component.ts';
import { callPublished } from '../published/host.ts';
import type { ComponentContext } from '../types.ts';

/** States of a published component and of those that it loads, by their ids there. */
interface PublishedState {
  states?: Record<string, unknown>;
}

/** A published component of the 1.x kind as one of ours: it runs in a process of its own, and what is built in here answers to `load`. */
export function publishedComponent(folder: string): ComponentClass {
  return class extends PublishedComponent {
    protected readonly folder = folder;
  };
}

abstract class PublishedComponent extends Component {
  protected abstract readonly folder: string;

  override async default(inputs: Values): Promise<Values> {
    this.context.status(`running ${this.id} in a process of its own`);
    const outputs = await this.verb('default', inputs);
    this.context.changed({ action: 'update', kind: 'component', name: this.id, because: [] });
    return typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs)
      ? (outputs as Values)
      : {};
  }

  override async remove(): Promise<void> {
    await this.verb('remove', {});
    // What it has forgotten of what was built in here goes all the same.
    await super.remove();
    this.context.changed({ action: 'remove', kind: 'component', name: this.id, because: [] });
  }

  /** Any method of the component. */
  verb(name: string, inputs: unknown): Promise<unknown> {
    const { context } = this;
    return callPublished(
      {
        folder: this.folder,
        id: `Template.${this.id}`,
        root: context.root,
        stage: context.stage,
        credentials: context.credentials,
        state: {
          read: async (id) => Promise.resolve((this.state as PublishedState).states?.[id]),
          write: async (id, value) => {
            const { states = {} } = this.state as PublishedState;
            this.state = { ...this.state, states: { ...states, [id]: value } };
            await this.save();
          },
        },
        provide: (component) => Object.hasOwn(BUILT_IN, component),
        callProvided: async (component, id, method, given) => {
          const part = await this.load(component, id.split('.').at(-1));
          return callPart(part, method, given);
        },
        ...redirects(context),
        onLog: ({ level, text }) => (level === 'warn' ? context.note(text) : context[level](text)),
        signal: context.signal,
      },
      name,
      inputs,
    );
  }
}

/** All that Tencent Cloud's old and new clients ask. */
const HOSTS = [
  '*.tencentcloudapi.com',
  '*.api.qcloud.com',
  '*.myqcloud.com',
  '*.tencentcos.cn',
  '*.tencentcs.com',
];

/** On a machine of one's own nothing is let out to a cloud; an emulated one gets all that is meant for the real one. */
function redirects({ target, endpoint }: ComponentContext): { redirect?: { host: string; url: string }[] } {
  if (target === 'local') return { redirect: [] };
  return endpoint === undefined ? {} : { redirect: HOSTS.map((host) => ({ host, url: endpoint })) };
}

function callPart(part: LoadedComponent, method: string, inputs: unknown): Promise<unknown> {
  if (method === 'default') return part(inputs as Values);
  return method === 'remove' ? part.remove() : part.call(method, inputs);
}
