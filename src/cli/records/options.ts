import { Option } from 'commander';

import { parseSince } from './since.ts';

/** `--since` of the verbs that read records. */
export function sinceOption(): Option {
  const text = 'from then on: 90s, 10m, 2h, 1d ago, or an ISO time (UTC unless it says)';
  return new Option('--since <time>', text).argParser(parseSince);
}

/** `--state` of the verbs that read records. */
export function stateOption(): Option {
  const text = 'state folder (default: .ropeway/dev here, else the one of `ropeway serve`)';
  return new Option('--state <folder>', text);
}
