// What is printed in the end.
import { count } from './outcomes.mjs';

/** Prints everything; true when nothing failed. */
export function report(results, checks, asJson) {
  const suites = results.map(({ suite, direct, rounds }) => ({
    suite: suite.name,
    version: suite.version,
    direct: { ...count(direct), failed: [...direct.messages.keys()] },
    rounds,
  }));
  const ok =
    suites.every(({ direct, rounds }) => {
      return direct.passed > 0 && rounds.every(({ failures }) => failures.length === 0);
    }) && checks.every(({ passed, failed }) => passed > 0 && failed === 0);
  if (asJson) {
    console.log(JSON.stringify({ ok, suites, checks }, null, 2));
    return ok;
  }
  for (const [index, { direct, rounds }] of suites.entries())
    printSuite(results[index].suite, direct, rounds);
  printChecks(checks);
  console.log(`\n${ok ? 'Everything that passes directly passes through events.' : 'There are failures.'}`);
  return ok;
}

function printSuite({ title, version }, direct, rounds) {
  console.log(`\n${title} ${version}: ${direct.tests} tests`);
  printRow('', ['passed', 'excluded', 'failed', 'skipped', 'requests']);
  printRow('directly', [direct.passed, '', direct.failed.length, direct.skipped, '']);
  for (const test of direct.failed) console.log(`  fails directly: ${test}`);
  for (const { format, passed, excluded, failures, skipped, requests } of rounds) {
    printRow(format, [passed, excluded.length, failures.length, skipped, requests]);
  }
  printExclusions(rounds);
  for (const { format, failures, needless } of rounds) {
    for (const { test, message } of failures) console.log(`  FAILED ${format}: ${test}\n${indent(message)}`);
    for (const test of needless) console.log(`  excluded for ${format}, but it passes: ${test}`);
  }
}

/** Each reason once, with its tests and the formats that they are excluded for. */
function printExclusions(rounds) {
  const byReason = new Map();
  for (const { format, excluded } of rounds) {
    for (const { test, reason } of excluded) {
      const tests = byReason.get(reason) ?? new Map();
      byReason.set(reason, tests.set(test, [...(tests.get(test) ?? []), format]));
    }
  }
  for (const [reason, tests] of byReason) {
    console.log(`  excluded: ${reason}`);
    for (const [test, formats] of tests) {
      console.log(`    - ${test}${formats.length === rounds.length ? '' : ` (${formats.join(', ')})`}`);
    }
  }
}

function printChecks(checks) {
  console.log('\nOther checks');
  for (const { name, passed, failed, messages } of checks) {
    console.log(`  ${name.padEnd(20)} ${passed} passed, ${failed} failed`);
    for (const message of messages) console.log(indent(message));
  }
}

function printRow(name, cells) {
  console.log(`  ${name.padEnd(16)}${cells.map((cell) => String(cell).padStart(10)).join('')}`.trimEnd());
}

function indent(text) {
  const lines = text.trim().split('\n');
  const shown = lines.length > 12 ? ['…', ...lines.slice(-12)] : lines;
  return shown.map((line) => `      ${line}`).join('\n');
}
