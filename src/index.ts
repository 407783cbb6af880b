/** What authors of components import: `import { Component } from 'ropeway'`. */
export { Component } from './components/component.ts';
export type { ComponentClass, LoadedComponent, Values } from './components/component.ts';
export type { InputSchema } from './components/inputs.ts';
export type { Change, ComponentContext, Credentials } from './components/types.ts';
export type { Provider } from './providers/types.ts';
export { RopewayError } from './lib/errors.ts';
