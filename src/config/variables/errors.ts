import { RopewayError } from '../../lib/errors.ts';
import { child, isMapping } from '../data.ts';
import type { Path } from '../file.ts';
import { nearest } from '../../lib/nearest.ts';
import type { Target } from './name.ts';
import type { Scope } from './resolver.ts';

export function envMissing(name: string, at: Path, { file, stage }: Scope): RopewayError {
  const files = stage === undefined ? '.env' : `.env or .env.${stage}`;
  return new RopewayError({
    code: 'ENV_MISSING',
    message: `${file.where(at)}: the environment variable \`${name}\` is not set.`,
    fix: `export ${name}=…, write ${name}=… in ${files}, or give a default: \${env.${name}, 'text'}`,
  });
}

/** A `${…}` that is nothing that the file has. */
export function unknownReference(
  name: string,
  target: Target | undefined,
  at: Path,
  scope: Scope,
): RopewayError {
  const message = `${scope.file.where(at)}: \`\${${name.length > 80 ? `${name.slice(0, 77)}…` : name}}\` refers to nothing that is known.`;
  return new RopewayError({ code: 'UNKNOWN_REFERENCE', message, ...advice(name, target, scope) });
}

function advice(name: string, target: Target | undefined, scope: Scope): { expected: string; fix: string } {
  const keep = `to keep the characters as they are, write $\${${/^[\w.:-]{1,80}$/.test(name) ? name : '…'}}`;
  const expected = expectedNames(scope);
  if (target?.kind !== 'path') return { expected, fix: suggest(name, known(scope), keep) };
  const { path, self } = target;
  const [first = '', ...rest] = path;
  const prefix = self ? 'self:' : '';
  if (self && scope.components.has(first)) {
    return { expected, fix: `for an output of the component \`${first}\`, write \${${path.join('.')}}` };
  }
  if (!Object.hasOwn(scope.values, first))
    return { expected, fix: suggest(path.join('.'), known(scope), keep) };
  let data: unknown = scope.values[first];
  let above = `${prefix}${first}`;
  for (const key of rest) {
    const next = child(data, key);
    if (next === undefined) {
      const keys = isMapping(data) ? Object.keys(data) : [];
      const meant = nearest(key, keys);
      const names = keys.length === 0 ? 'no keys' : keys.join(', ');
      return {
        expected: `a key of \`${above}\`: ${names}`,
        fix: meant === undefined ? keep : `did you mean \${${above}.${meant}}?`,
      };
    }
    data = next;
    above += `.${key}`;
  }
  return { expected, fix: keep };
}

function suggest(name: string, names: string[], otherwise: string): string {
  const [first = '', ...rest] = name.split('.');
  const meant = nearest(name, names) ?? nearest(first, names);
  if (meant === undefined) return otherwise;
  const whole = nearest(name, names) === undefined && rest.length > 0 ? [meant, ...rest].join('.') : meant;
  return `did you mean \${${whole}}?`;
}

function known({ values, components }: Scope): string[] {
  return ['stage', ...Object.keys(values), ...components];
}

function expectedNames(scope: Scope): string {
  const values = Object.keys(scope.values);
  return [
    'env.NAME',
    'stage',
    ...(values.length === 0 ? [] : [`a value of the file (${values.join(', ')})`]),
    ...(scope.components.size === 0
      ? []
      : [`an output of a component (${[...scope.components].join(', ')})`]),
  ].join(', ');
}
