import { formatByName } from '../../events/list.ts';
import { errorMessage, RopewayError } from '../../lib/errors.ts';

/** Throws EVENT_FORMAT for a format that does not exist. */
export function checkEventFormat(name: string): void {
  try {
    formatByName(name);
  } catch (error) {
    throw new RopewayError({
      code: 'EVENT_FORMAT',
      message: errorMessage(error),
      fix: 'choose one of them with --events',
    });
  }
}
