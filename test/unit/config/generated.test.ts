import { expect } from 'chai';
import { keysOf, withKeys } from '../../../scripts/lib/config-keys.mjs';
import { configTypes, filledIn, withNames } from '../../../scripts/lib/config-types.mjs';
import { CONFIG_SCHEMA } from '../../../src/config/schema.js';
import { camelCase, settingsOf } from '../../../src/config/settings.js';
import { checkShape } from '../../../src/config/shape.js';

interface Named {
  readonly properties?: Readonly<Record<string, Named>>;
  readonly required?: readonly string[];
}

const text = { type: 'string', description: 'A text.' };
const schema = {
  type: 'object',
  description: 'The whole.',
  additionalProperties: false,
  properties: {
    name: text,
    level: { ...text, enum: ['a', 'b'], default: 'a' },
    store: {
      type: 'object',
      description: 'The store.',
      additionalProperties: false,
      properties: { size: { type: 'integer', description: 'Size.', minimum: 1, maximum: 9 } },
    },
    hooks: {
      type: 'array',
      description: 'The hooks.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id'],
        properties: { id: text, on: { type: 'boolean', description: 'Switch.', default: true } },
      },
    },
  },
};
const settings = [
  { path: ['name'], variables: ['X_NAME'] },
  { path: ['store', 'size'], variables: ['X_SIZE', 'X_STORE_SIZE'] },
];

describe('the types of the configuration', () => {
  it('require members with a default and sections, except in the entries of lists', () => {
    expect(filledIn(schema)).to.have.property('required').that.deep.equals(['level', 'store']);
    expect(configTypes('Raw', schema).replace(/\s+/g, ' ')).to.equal(
      '/** The whole. */ export type Raw = { /** A text. */ readonly "name"?: string; ' +
        '/** A text. */ readonly "level": "a" | "b"; /** The store. */ readonly "store": { ' +
        '/** Size. */ readonly "size"?: number; }; /** The hooks. */ readonly "hooks"?: readonly ({ ' +
        '/** A text. */ readonly "id": string; /** Switch. */ readonly "on"?: boolean; })[]; };',
    );
  });
});

describe('the settings', () => {
  const { raw } = checkShape(
    {
      limits: { owners: { acme_corp: { per_minute: 1, burst: 2 } } },
      decision_log: { labels: { data_center: 'x' } },
      webhooks: [{ id: 'one', url: 'https://one.example', secret_env: 'ONE' }],
    },
    new Map(),
  );

  it('have the names of the code at every level, and the names that operators chose', () => {
    const settings = settingsOf(raw);
    expect(settings.tokens.maxTtlSeconds).to.equal(raw.tokens.max_ttl_seconds);
    expect(settings.audit.retention.maxAgeDays).to.equal(raw.audit.retention.max_age_days);
    expect(settings.webhooks?.[0]?.secretEnv).to.equal('ONE');
    expect(settings.limits.owners).to.have.keys('acme_corp');
    expect(settings.decisionLog.labels).to.deep.equal({ data_center: 'x' });
  });

  it('have exactly the members of their type', () => {
    const disagreements: string[] = [];
    const compare = (schema: Named, value: unknown, path: string): void => {
      if (schema.properties === undefined || typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) {
        if (!Object.hasOwn(schema.properties, key)) disagreements.push(`${path}.${key}`);
      }
      for (const key of schema.required ?? []) {
        if (!Object.hasOwn(value, key)) disagreements.push(`${path}.${key} is absent`);
      }
      for (const [key, member] of Object.entries(schema.properties)) {
        compare(member, (value as Record<string, unknown>)[key], `${path}.${key}`);
      }
    };
    compare(withNames(filledIn(CONFIG_SCHEMA), camelCase), settingsOf(raw), '');
    expect(disagreements).to.deep.equal([]);
  });
});

describe('the list of configuration keys', () => {
  it('has an item for each key, single keys first', () => {
    expect(keysOf(schema, settings).split('\n')).to.deep.equal([
      '- `name`, `X_NAME`: A text. Text.',
      '- `level`: A text. `a`, `b`; default `a`.',
      '- `hooks`: The hooks. List, in the file only.',
      '- `hooks[].id`: A text. Text.',
      '- `hooks[].on`: Switch. `true`, `false`; default `true`.',
      '',
      '**`store`**: The store.',
      '',
      '- `store.size`, `X_SIZE`: Size. 1 to 9.',
      '',
    ]);
  });

  it('is at most 120 columns wide', () => {
    const long = { ...text, description: `${'word '.repeat(60)}end.` };
    const lines = keysOf({ properties: { long } }, []).split('\n');
    expect(lines.every((line) => line.length <= 120)).to.equal(true);
    expect(lines.slice(1, -1).every((line) => line.startsWith('  word'))).to.equal(true);
    expect(lines).to.have.length(4);
  });

  it('takes its place between the markers of the page and refuses a page without them', () => {
    const mark = (name: string): string => `<!-- ${name} of the generated list of keys -->`;
    const page = `before\n${mark('begin')}\nold\n${mark('end')}\nafter\n`;
    const made = withKeys(page, { properties: { name: text } }, settings);
    expect(made).to.equal(
      `before\n${mark('begin')}\n\n- \`name\`, \`X_NAME\`: A text. Text.\n\n${mark('end')}\nafter\n`,
    );
    expect(() => withKeys('before', schema, settings)).to.throw('the page needs the lines');
  });
});
