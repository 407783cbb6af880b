// Finds the Chromium (or Chrome) that looks at reports; installs it where that is a matter of one command.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chrome.exe',
];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** It starts nothing of its own beside the page: no updates, no accounts, no network. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of the program. Throws when there is none and it cannot be installed here. */
export function findChromium() {
  const found = lookUp();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.error('… installing Chromium (apt-get), which looks at the reports');
    // A list of packages that is old may name what is no longer there.
    if (!aptGet('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core')) {
      aptGet('update');
      aptGet('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
    }
    const installed = lookUp();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The reports are looked at with Chromium or Chrome, and there is none: install it (Debian: apt-get install chromium) or name it in CHROME_PATH',
  );
}

function lookUp() {
  const named = process.env['CHROME_PATH'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...(named ? [named] : []), ...onPath, ...PLACES].find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-q', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
