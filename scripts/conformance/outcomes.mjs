// A run is `outcomes` (test → passed, failed or skipped), `messages` (failed test → why), `requests`.
import { reasonsFor } from './exclusions.mjs';

/** What becomes of a suite's tests on the way through events. */
export function compare({ suite, format, direct, through, exclusions }) {
  const reasons = reasonsFor(exclusions, suite.name, format);
  const excluded = [];
  const failures = [];
  for (const [test, outcome] of direct.outcomes) {
    // What fails without us, or is not run, says nothing of us.
    if (outcome !== 'passed' || through.outcomes.get(test) === 'passed') continue;
    const reason = reasons.get(test);
    if (reason !== undefined) excluded.push({ test, reason });
    else failures.push({ test, message: through.messages.get(test) ?? 'it did not run' });
  }
  if (through.requests === 0) failures.push({ test: '(all)', message: 'no request went through events' });
  return {
    format,
    ...count(through),
    requests: through.requests,
    excluded,
    failures,
    needless: [...reasons.keys()].filter((test) => through.outcomes.get(test) === 'passed'),
  };
}

export function count({ outcomes }) {
  const all = [...outcomes.values()];
  const of = (wanted) => all.filter((outcome) => outcome === wanted).length;
  return { tests: all.length, passed: of('passed'), skipped: of('skipped') };
}
