// Loaded with --import: notes the address of every module that is imported, a line each, in the file that IMPORTS_LOG names.
import { register } from 'node:module';

register('./note.mjs', import.meta.url);
