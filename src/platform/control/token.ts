import { isSameSecret } from '../../lib/same-secret.ts';

/** Whether `authorization` carries the token; takes the same time whatever it carries. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  return isSameSecret(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '', token);
}
