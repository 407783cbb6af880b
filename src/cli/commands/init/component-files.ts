/** The files of a new component: it deploys a web app, and has a verb of its own. */
export function componentFiles(folder: string, version: string): Record<string, string> {
  const name =
    folder
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'component';
  const title = name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  return {
    'package.json': `${JSON.stringify(
      {
        name: `ropeway-${name}`,
        version: '0.1.0',
        type: 'module',
        main: 'index.js',
        scripts: { test: 'node --test' },
        peerDependencies: { ropeway: `>=${version}` },
      },
      null,
      2,
    )}\n`,
    'index.js': `import { Component } from 'ropeway';

export default class ${/^[0-9]/.test(title) ? `C${title}` : title} extends Component {
  // Checked before anything is called. Any JSON Schema, or a schema of zod and its like.
  static inputs = {
    type: 'object',
    properties: {
      src: { type: 'string', default: '.', description: 'folder of the app' },
      greeting: { type: 'string', default: 'Hello' },
    },
    additionalProperties: false,
  };

  // ropeway deploy: makes everything as the inputs say, also when a part of it is there already.
  async default(inputs) {
    const web = await this.load('web');
    const { url } = await web({ src: inputs.src, env: { GREETING: inputs.greeting } });
    this.state.deployments = (this.state.deployments ?? 0) + 1;
    await this.save();
    return { url, deployments: this.state.deployments };
  }

  // Without a \`remove\` of its own all that was loaded is removed, the last first.

  // ropeway ask <alias>
  async ask() {
    return \`deployed \${this.state.deployments} times\`;
  }
}
`,
    'index.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';

import Mine from './index.js';

// What a component leans on, as small as the test needs it.
function host(calls) {
  return {
    save: async (_id, state) => void calls.push(['save', { ...state }]),
    load: async (_parent, name) => async (inputs) => {
      calls.push([name, inputs]);
      return { url: 'http://example.test/' };
    },
    removeLoaded: async () => void calls.push(['removeLoaded']),
  };
}

test('deploys a web app with the greeting', async () => {
  const calls = [];
  const mine = new Mine('mine', {}, host(calls));
  const outputs = await mine.default({ src: './app', greeting: 'Ahoy' });
  assert.deepEqual(outputs, { url: 'http://example.test/', deployments: 1 });
  assert.deepEqual(calls[0], ['web', { src: './app', env: { GREETING: 'Ahoy' } }]);
  assert.equal(await mine.ask(), 'deployed 1 times');
});
`,
  };
}
