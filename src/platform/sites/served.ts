import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Headers } from '../../events/types.ts';
import type { Deployments, Site } from '../deployments/types.ts';
import type { Packages } from '../packages/packages.ts';
import { createPathTree } from '../routing/path-tree.ts';
import { parsePattern } from '../../lib/path-pattern.ts';

/** A site as it is served, until another takes its place. */
export interface ServedSite {
  /** Absolute folder of its files. */
  folder: string;
  site: Site;
  /** What it says about a file of it, by the path with forward slashes. */
  headers(file: string): Headers;
  /** Strong: equal for equal content, whichever package it comes in. */
  tag(file: string): Promise<string>;
  /** Its files stay until the result is called, even if the site goes. */
  begin(): () => void;
}

export interface ServedSites {
  /** From now on these; what is being answered goes on. */
  apply(deployments: Deployments): void;
  /** Only for sites that were applied. */
  get(name: string): ServedSite;
}

export function createServedSites(packages: Packages): ServedSites {
  let served = new Map<string, Holding>();
  return {
    apply: ({ sites }) => {
      const next = new Map<string, Holding>();
      for (const [name, site] of Object.entries(sites)) {
        const old = served.get(name);
        next.set(name, old?.site === site ? old : serveSite(site, packages));
      }
      const kept = new Set(next.values());
      for (const old of served.values()) if (!kept.has(old)) old.retire();
      served = next;
    },
    get: (name) => served.get(name)!,
  };
}

interface Holding extends ServedSite {
  retire(): void;
}

function serveSite(site: Site, packages: Packages): Holding {
  const folder = packages.folder(site.package);
  const release = packages.hold([site.package]);
  const tags = new Map<string, Promise<string>>();
  let retired = false;
  let active = 0;
  const settle = (): void => {
    if (!retired || active > 0) return;
    release();
    packages.sweep();
  };
  return {
    folder,
    site,
    headers: headerRules(site),
    tag: (file) => {
      const known = tags.get(file);
      if (known !== undefined) return known;
      const tag = tagOf(join(folder, file), `${site.package}/${file}`);
      tags.set(file, tag);
      tag.catch(() => tags.delete(file));
      return tag;
    },
    begin: () => {
      active += 1;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        active -= 1;
        settle();
      };
    },
    retire: () => {
      retired = true;
      settle();
    },
  };
}

/** All rules whose path takes the file, in their order: of two with the same header the later one counts. */
function headerRules({ headers: rules }: Site): (file: string) => Headers {
  const matchers = rules.map(({ path, set }) => {
    const tree = createPathTree<Record<string, string>>();
    tree.at(parsePattern(path)!, () => set);
    return tree;
  });
  return (file) => {
    const path = `/${file.split('/').map(encodeURIComponent).join('/')}`;
    const found = new Map<string, [string, string]>();
    for (const matcher of matchers) {
      const set = matcher.find(path, (one) => one) ?? {};
      for (const [name, value] of Object.entries(set)) found.set(name.toLowerCase(), [name, value]);
    }
    return [...found.values()];
  };
}

/** Bytes of a file up to which its first answer waits for all of it to be read. */
const MOST_HASHED = 8 * 1024 * 1024;

/** Of a big file the name and the package that it is in: equal content may be told apart, others never taken for it. */
async function tagOf(path: string, name: string): Promise<string> {
  const hash = createHash('sha256');
  const { size } = await stat(path);
  if (size > MOST_HASHED) hash.update(name);
  else await pipeline(createReadStream(path), hash);
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}
