/** The parts of JSON Schema (2020-12) that the configuration uses. */
export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean | readonly string[];
}

export function object(description: string, properties: Record<string, Schema>): Schema {
  return { type: 'object', description, additionalProperties: false, properties };
}

export function text(description: string, more: Schema = {}): Schema {
  return { type: 'string', description, minLength: 1, maxLength: 4096, ...more };
}

export function integer(
  description: string,
  minimum: number,
  maximum: number,
  value?: number,
): Schema {
  return {
    type: 'integer',
    description,
    minimum,
    maximum,
    ...(value === undefined ? {} : { default: value }),
  };
}

export function flag(description: string, value?: boolean): Schema {
  return { type: 'boolean', description, ...(value === undefined ? {} : { default: value }) };
}

export function list(description: string, items: Schema): Schema {
  return { type: 'array', description, items };
}
