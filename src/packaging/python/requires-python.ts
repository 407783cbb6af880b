/** Patch versions that a Python may be at; which one a cloud has is not known. */
const PATCHES = 100;

/**
 * Whether some patch of a Python (`3.10`) is one that `requires-python` allows, as PEP 440 writes it (`>=3.9,<4`) or Poetry (`^3.9`). What
 * cannot be read allows all.
 */
export function allowsPython(specifier: string, python: string): boolean {
  const [major = 3, minor = 0] = python.split('.').map(Number);
  const alternatives = specifier.split('||').map((part) => part.split(',').map((one) => test(one.trim())));
  return Array.from({ length: PATCHES }, (_, patch) => [major, minor, patch]).some((version) =>
    alternatives.some((tests) => tests.every((allows) => allows(version))),
  );
}

type Test = (version: readonly number[]) => boolean;

const CLAUSE = /^(~=|===?|!=|<=|>=|<|>|\^|~)?\s*v?(\d+(?:\.\d+)*)(\.\*)?(?:[-_.]?(?:a|b|c|rc|dev|post)\d*)?$/;

function test(clause: string): Test {
  const [, operator = '==', text = '', any] = CLAUSE.exec(clause) ?? [];
  if (text === '') return () => true;
  const wanted = text.split('.').map(Number);
  const isBelow: Test = (version) => compare(version, wanted) < 0;
  const isSame: Test = any === undefined ? (version) => compare(version, wanted) === 0 : startsWith(wanted);
  const tests: Record<string, Test> = {
    '==': isSame,
    '===': isSame,
    '!=': (version) => !isSame(version),
    '<': isBelow,
    '<=': (version) => compare(version, wanted) <= 0,
    '>': (version) => compare(version, wanted) > 0,
    '>=': (version) => !isBelow(version),
    '~=': (version) => !isBelow(version) && startsWith(wanted.slice(0, -1))(version),
    '^': (version) => !isBelow(version) && startsWith(wanted.slice(0, 1))(version),
    '~': (version) => !isBelow(version) && startsWith(wanted.slice(0, 2))(version),
  };
  return tests[operator]!;
}

function startsWith(wanted: readonly number[]): Test {
  return (version) => wanted.every((part, index) => (version[index] ?? 0) === part);
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
