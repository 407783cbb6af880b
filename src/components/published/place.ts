import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders of one call, which go with it. */
export interface Place {
  folder: string;
  /** HOME: what is written there does not stay. */
  home: string;
  /** `stateRoot`: components put packages there before they upload them. */
  state: string;
  temporary: string;
}

export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'ropeway-component-'));
  const place = {
    folder,
    home: join(folder, 'home'),
    state: join(folder, 'state'),
    temporary: join(folder, 'tmp'),
  };
  await Promise.all([place.home, place.state, place.temporary].map((one) => mkdir(one)));
  return place;
}

export async function removePlace(place: Place): Promise<void> {
  await rm(place.folder, { recursive: true, force: true, maxRetries: 3 });
}
