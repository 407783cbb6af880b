import { RopewayError } from '../../lib/errors.ts';
import type { Labels } from '../types.ts';

/** What a version says of itself in its description, behind the user's text. */
export interface VersionNote {
  /** Those that are the version's own; whose it is say the function's tags. */
  labels: Labels;
  /** Digest of the code's package. */
  code?: string;
  /** What SCF calls the same code, where that is something else. */
  sum?: string;
  /** Digest of configuration and layers. */
  settings?: string;
  /** First 16 digits of the digests of its own layers. */
  layers: string[];
  /** Routes of the function on domains: `shop.example.com/*`. */
  hosts: string[];
}

/** Characters of a description. */
const MOST = 1000;
/** No word of ours has two full stops in a row: what stands behind the last of these is ours, whatever the user has written before. */
const MARK = 'ropeway..';
const PARTS = new Set(['code', 'sum', 'settings', 'layers', 'hosts']);

/**
 * `My shop ropeway.. code 3f…, l.deployment 9a…`. SCF promises to take letters, digits, spaces, commas and full stops alone (CreateFunction, doc
 * 583/18586): other bytes are `.` and two digits. The user's text is cut when both are too long. Throws LABELS_TOO_LONG.
 */
export function descriptionOf({ labels, layers, hosts, ...parts }: VersionNote, text = ''): string {
  const words: [string, string][] = [
    ...Object.entries(parts).filter((one): one is [string, string] => one[1] !== undefined),
    ...(layers.length === 0 ? [] : [['layers', layers.join(' ')] as [string, string]]),
    ...(hosts.length === 0 ? [] : [['hosts', hosts.join(' ')] as [string, string]]),
    ...Object.entries(labels).map(([name, value]): [string, string] => [`l.${name}`, value]),
  ];
  const note = `${MARK} ${words.map((pair) => pair.map(encoded).join(' ')).join(', ')}`;
  if (note.length > MOST) {
    throw new RopewayError({
      code: 'LABELS_TOO_LONG',
      message: 'Labels and domains of a function do not fit into its description on SCF.',
      expected: `at most ${MOST} characters`,
      got: String(note.length),
      fix: 'fewer domains, or lead some of them to the function by a `gateway` component',
    });
  }
  const room = MOST - note.length - 1;
  return text === '' || room <= 0 ? note : `${text.slice(0, room)} ${note}`;
}

/** What a description says; undefined: it is not of ours. */
export function noteOf(description: string | null | undefined): VersionNote | undefined {
  const begin = (description ?? '').lastIndexOf(MARK);
  if (begin === -1) return undefined;
  const found = new Map<string, string>();
  for (const pair of description!.slice(begin + MARK.length + 1).split(', ')) {
    const [name = '', value = ''] = pair.split(' ').map(decoded);
    if (name !== '') found.set(name, value);
  }
  const list = (name: string): string[] => (found.get(name) ?? '').split(' ').filter((one) => one !== '');
  const text = (name: 'code' | 'sum' | 'settings'): { [key: string]: string } =>
    found.has(name) ? { [name]: found.get(name)! } : {};
  return {
    labels: Object.fromEntries(
      [...found]
        .filter(([name]) => !PARTS.has(name) && name.startsWith('l.'))
        .map(([name, value]) => [name.slice(2), value]),
    ),
    ...text('code'),
    ...text('sum'),
    ...text('settings'),
    layers: list('layers'),
    hosts: list('hosts'),
  };
}

function encoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[A-Za-z0-9]/.test(sign) ? sign : `.${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

function decoded(text: string): string {
  return Buffer.from(
    text.replace(/\.([0-9a-f]{2})|[\s\S]/g, (sign, code: string | undefined) =>
      String.fromCharCode(code === undefined ? sign.charCodeAt(0) & 0xff : parseInt(code, 16)),
    ),
    'latin1',
  ).toString('utf8');
}
