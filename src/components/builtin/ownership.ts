import { RopewayError } from '../../lib/errors.ts';
import type { Labels } from '../../providers/types.ts';
import type { Component } from '../component.ts';

/** By which a deployment knows again what it has made. */
export function labelsOf({ id, context }: Component): Labels {
  return { project: context.project, stage: context.stage, component: id };
}

/** Whether something that is there was made by this component of this project and stage. */
export function isOurs(component: Component, labels: Labels | undefined): boolean {
  return Object.entries(labelsOf(component)).every(([name, value]) => labels?.[name] === value);
}

/** Throws NAME_TAKEN when the name belongs to somebody else. */
export function refuseForeign(
  component: Component,
  kind: string,
  name: string,
  labels: Labels | undefined,
): void {
  if (labels === undefined || isOurs(component, labels)) return;
  const { project, stage, component: other } = labels;
  throw new RopewayError({
    code: 'NAME_TAKEN',
    message: `There is a ${kind} ${name} already, and \`${component.id}\` has not made it.`,
    got:
      project === undefined
        ? 'made by hand, or by `ropeway serve <folder>`'
        : `of ${other} in ${project} (${stage})`,
    fix: `give this one another name (\`name\`, \`functionName\` in its inputs), or remove the other ${kind}`,
  });
}

/** How a component finds and removes things of its kind. */
export interface Remover {
  /** Undefined: it is not there. */
  labels(name: string): Promise<Labels | undefined>;
  /** False when it was gone already. */
  remove(name: string): Promise<boolean>;
}

/** Removes those that are there and ours; returns which went. Somebody else may have taken a name after ours was removed by hand. */
export async function removeOwn(
  component: Component,
  names: readonly (string | undefined)[],
  { labels, remove }: Remover,
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of names) {
    if (name !== undefined && isOurs(component, await labels(name)) && (await remove(name)))
      removed.push(name);
  }
  return removed;
}

/** The state was lost, or is kept somewhere else. */
export function noteAdoption({ id, context }: Component, kind: string, name: string): void {
  context.note(`${kind} ${name} is there already and is of ${id}: the state had not known it, and does now`);
}
