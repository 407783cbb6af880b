/** Under which name of the global object ES modules find whom they tell that they are evaluated. */
export const IMPORTS: unique symbol = Symbol.for('ropeway.imports');
