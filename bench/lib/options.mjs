// Options that every benchmark takes: --json, --rounds N, --help; those with peers to install also --no-peers.
import { parseArgs } from 'node:util';

/** {json, rounds, peers}. Exits with code 2 and a message for an unknown or malformed option. */
export function benchOptions(name, { rounds, peers }) {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        ...(peers === undefined ? {} : { 'no-peers': { type: 'boolean', default: false } }),
        rounds: { type: 'string', default: String(rounds) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    stop(error.message);
  }
  if (values.help) {
    const [usage, line] =
      peers === undefined ? ['', ''] : [' [--no-peers]', `\n  --no-peers  without ${peers}`];
    console.log(`npm run bench:${name} -- [--json] [--rounds N]${usage}

  --json      one JSON object {bench, rows} on stdout instead of a table
  --rounds N  interleaved rounds per case (default ${rounds}); figures are medians over them${line}`);
    process.exit(0);
  }
  if (!/^[1-9]\d{0,3}$/.test(values.rounds)) {
    stop(`--rounds: expected a whole number from 1 to 9999, got ${JSON.stringify(values.rounds)}`);
  }
  return { json: values.json, rounds: Number(values.rounds), peers: values['no-peers'] === false };

  function stop(message) {
    console.error(`${message}\nSee npm run bench:${name} -- --help`);
    process.exit(2);
  }
}
