import type { Component } from '../component.ts';

/** The name that the inputs give. Stages of one file do not take it from each other. */
export function givenName(
  { context }: Component,
  { name, isNamePerStage }: { name?: string; isNamePerStage: boolean },
): string | undefined {
  if (name === undefined || !isNamePerStage || context.stage === 'dev') return name;
  return `${name.slice(0, 63 - context.stage.length)}-${context.stage}`;
}

/** The name of what a component makes when nobody gives one: `shop-api`, `shop-api-prod`. The same each time: a state that is lost makes nothing twice. */
export function ownName({ id, context }: Component): string {
  const { project, stage } = context;
  const parts = [project, ...(id === project ? [] : [id]), ...(stage === 'dev' ? [] : [stage])];
  const name = parts
    .join('-')
    .replace(/[^\w-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return (/^[A-Za-z]/.test(name) ? name : `app-${name}`).slice(0, 60);
}
