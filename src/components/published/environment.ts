import type { Place } from './place.ts';

/** What programs need to run at all and to print as the user reads. */
const PASSED = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'SystemRoot',
  'windir',
  'ComSpec',
  'PATHEXT',
  'NUMBER_OF_PROCESSORS',
];

/** How to get out of this network; nothing gets out when there are redirects. */
const WAY_OUT = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
];

/** The environment of a component: none of ours but what it needs, and folders of its own to write to. */
export function componentEnvironment(place: Place, isOffline: boolean): Record<string, string> {
  const names = isOffline ? PASSED : [...PASSED, ...WAY_OUT];
  const passed = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    HOME: place.home,
    USERPROFILE: place.home,
    APPDATA: place.home,
    TMPDIR: place.temporary,
    TMP: place.temporary,
    TEMP: place.temporary,
    // Nobody sees colours and progress bars here.
    CI: 'true',
    NO_COLOR: '1',
  };
}
