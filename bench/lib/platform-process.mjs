// Runs an example on a platform in a process of its own, forked by startPlatformProcess: {example, options} in;
// {url} or {problem} out; then {rss: true} → {rss}, {reload: true} → {}.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { treeMegabytes } from './memory.mjs';

const file = fileURLToPath(import.meta.url);

/** A platform that a benchmark puts load on: {url, treeMegabytes(), megabytes(), reload(), stop()}. */
export async function startPlatformProcess(example, options) {
  const child = fork(file, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ask = async (order) => {
    child.send(order);
    const [answer] = await once(child, 'message');
    if (answer.problem !== undefined) throw new Error(answer.problem);
    return answer;
  };
  const { url } = await ask({ example, options });
  return {
    url,
    /** Instances and template included. */
    treeMegabytes: () => treeMegabytes(child.pid),
    megabytes: async () => (await ask({ rss: true })).rss / 1024 / 1024,
    /** To no instance at all, with the template loaded. */
    reload: () => ask({ reload: true }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

if (process.argv[1] === file) serve();

function serve() {
  let platform;
  process.on('message', (order) => {
    void obey(order).then(
      (answer) => process.send(answer),
      (error) => process.send({ problem: error.stack }),
    );
  });
  process.on('disconnect', () => {
    void platform?.close().then(() => process.exit(0));
  });

  async function obey(order) {
    if (order.rss === true) return { rss: process.memoryUsage.rss() };
    if (order.reload === true) {
      platform.reload();
      await platform.prepare();
      return {};
    }
    const { platformFor, specOf } = await import('./apps.mjs');
    platform = await platformFor(await specOf(order.example, order.options));
    await platform.prepare();
    return { url: platform.url };
  }
}
