import type { TencentContext } from '../context.ts';
import type { TencentService } from '../service.ts';

/** The API of SCF, version 2018-04-16. */
export function openScf(_context: TencentContext): TencentService {
  return { name: 'scf', actions: [], handle: () => Promise.resolve({}) };
}
