import { RopewayError } from '../../../lib/errors.ts';
import type { FoundApp } from '../../types.ts';

/** An app may be found in a way that tells its interface alone. */
const GENERIC = new Set(['wsgi', 'asgi', 'command', 'node', 'handler']);

/** Throws OTHER_FRAMEWORK when the app of a `flask` is none. */
export function checkFramework(
  alias: string,
  kind: string,
  frameworks: readonly string[] | undefined,
  found: FoundApp,
): void {
  if (frameworks === undefined || frameworks.includes(found.framework) || GENERIC.has(found.framework))
    return;
  throw new RopewayError({
    code: 'OTHER_FRAMEWORK',
    message: `\`${alias}\` is a component for ${kind}, and the app in its folder is none.`,
    expected: frameworks.join(', '),
    got: found.title,
    fix: `\`component: ${found.framework}\`, or \`component: web\` for any app; or name another app in its inputs`,
  });
}
