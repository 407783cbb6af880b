import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type WheelTarget, runsThere } from './platforms.ts';

/** A package as its wheel names it. */
export interface Wheel {
  name: string;
  version: string;
  /** `cp310-cp310-manylinux_2_17_x86_64` */
  tags: string[];
}

/** Packages in a folder that pip installed into. */
export function installedWheels(folder: string): Wheel[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.dist-info'))
    .map((name) => {
      const [packageName = '', version = ''] = name.slice(0, -'.dist-info'.length).split('-');
      return { name: packageName, version, tags: tagsOf(join(folder, name, 'WHEEL')) };
    });
}

/** Packages whose compiled parts are for another machine. */
export function forOtherMachines(wheels: Wheel[], there: WheelTarget): string[] {
  return wheels
    .filter(({ tags }) => tags.length > 0 && !tags.some((tag) => runsThere(tag, there)))
    .map(({ name, version }) => `${name} ${version}`);
}

/** A wheel's file: `jieba-0.42.1-py3-none-any.whl`. */
export function wheelOf(file: string): Wheel {
  const parts = file.replace(/\.whl$/, '').split('-');
  return { name: parts[0] ?? '', version: parts[1] ?? '', tags: [parts.slice(-3).join('-')] };
}

function tagsOf(file: string): string[] {
  try {
    return [...readFileSync(file, 'utf8').matchAll(/^Tag:\s*(\S+)/gm)].map(([, tag]) => tag!);
  } catch {
    return [];
  }
}
