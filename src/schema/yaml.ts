/** YAML 1.2, read and written. Callers bound the aliases. */
export { isNode, LineCounter, parse, parseDocument, stringify } from 'yaml';
