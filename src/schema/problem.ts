import type { ErrorObject } from 'ajv/dist/2020.js';

/** A problem of a document at a JSON pointer (RFC 6901); the empty pointer is the whole document. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

/** Returns the problem of a failed keyword. Reads the root schema, since a compiled validator has no copy of it. */
export function problemOf(error: ErrorObject, root: object): Problem {
  return { pointer: error.instancePath, message: messageOf(error, root) };
}

function messageOf({ keyword, message, params, schemaPath }: ErrorObject, root: object): string {
  const said = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'enum':
      return `must be one of: ${valuesOf(said['allowedValues'])}`;
    case 'const':
      return `must be ${valuesOf([said['allowedValue']])}`;
    case 'required':
      return `value is missing (${String(said['missingProperty'])})`;
    case 'pattern': {
      const description = descriptionOf(root, schemaPath);
      const form = `must match ${String(said['pattern'])}`;
      return description === undefined ? form : `${form}: ${description}`;
    }
    default: {
      const member = said['additionalProperty'];
      return `${message ?? keyword}${typeof member === 'string' ? ` (${member})` : ''}`;
    }
  }
}

function valuesOf(values: unknown): string {
  if (!Array.isArray(values)) return '';
  return values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ');
}

/** Returns the description of the schema that has a keyword at a path such as `#/properties/id/pattern`. */
function descriptionOf(root: object, keywordPath: string): string | undefined {
  let at: unknown = root;
  for (const part of keywordPath.split('/').slice(1, -1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  if (typeof at !== 'object' || at === null || !('description' in at)) return undefined;
  return typeof at.description === 'string' ? at.description : undefined;
}
