/** Returns the exported type of this name for a configuration whose defaults are filled in. */
export function configTypes(name: string, schema: object): string;

/** Returns the schema of the filled document: members with a default and sections are required. */
export function filledIn(schema: object): object;

/** Returns the schema with its members renamed. */
export function withNames(schema: object, rename: (key: string) => string): object;
