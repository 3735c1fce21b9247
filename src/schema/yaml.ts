/** Reads and writes YAML 1.2. Callers bound the number of aliases. */
export { isNode, LineCounter, parse, parseDocument, stringify } from 'yaml';
