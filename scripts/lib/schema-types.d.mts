/** TypeScript of a JSON Schema, as an exported type of this name. Throws an Error at a keyword it does not know. */
export function typesOf(name: string, schema: object): string;
