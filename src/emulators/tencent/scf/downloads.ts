import type { TencentContext, TencentHttpService } from '../context.ts';

/** Packages of functions and layers at addresses that hold for a while. */
export function openDownloads(_context: TencentContext): TencentHttpService {
  return {
    name: 'downloads',
    takes: () => false,
    handle: () => Promise.resolve({ status: 404, headers: {}, body: '' }),
  };
}
