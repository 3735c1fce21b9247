import { expect } from 'chai';
import fc from 'fast-check';
import { CountersignError } from '../../../src/domain/errors.js';
import { parseEvaluations } from '../../../src/request/access-evaluation.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const QUESTION = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 's' },
  resource: { type: 'resource', id: 'r' },
  context: { ttl_seconds: 5, task_id: 't' },
};

describe('bodies of the access evaluation endpoints', () => {
  const names = ['subject', 'action', 'resource', 'context', 'evaluations', 'options'];
  const inner = ['type', 'id', 'name', 'properties', 'ttl_seconds', 'evaluations_semantic'];
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('agent', 'resource', 'execute_all', 5),
      fc.dictionary(fc.constantFrom(...names, ...inner), tie('value'), { maxKeys: 5 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value;
  const body = fc.dictionary(fc.constantFrom(...names, 'client_id', 'x'), anything);

  it('any questions: text members, or a 400', () => {
    let read = 0;
    fc.assert(
      fc.property(body, fc.constantFrom('one' as const, 'many' as const), (value, endpoint) => {
        let parsed;
        try {
          parsed = parseEvaluations(bytes(value), endpoint);
        } catch (error) {
          expect(error).to.be.instanceOf(CountersignError);
          expect((error as CountersignError).code).to.equal('invalid_request');
          return;
        }
        read += 1;
        expect(parsed.batch.items).to.have.length.within(1, 50);
        if (parsed.single) expect(parsed.batch.items[0]).not.to.have.property('problem');
        for (const item of parsed.batch.items) {
          if ('problem' in item) continue;
          const { subject, action, resource } = item;
          for (const text of [subject.type, subject.id, action, resource.type, resource.id]) {
            expect(text).to.be.a('string');
          }
        }
      }),
      // Random values alone rarely make a complete question.
      {
        numRuns: 2000,
        examples: [
          [QUESTION, 'one'],
          [{ ...QUESTION, evaluations: [{}, 5] }, 'many'],
        ],
      },
    );
    expect(read).to.be.at.least(2);
  });

  it('unknown members outside of properties and context change nothing', () => {
    const plain = parseEvaluations(bytes(QUESTION), 'one');
    fc.assert(
      fc.property(
        fc.stringMatching(/^x[a-z]{0,8}$/),
        fc.jsonValue({ maxDepth: 2 }),
        (name, value) => {
          const entries = Object.entries(QUESTION).map(([key, entity]) => [
            key,
            key === 'context' ? entity : { ...entity, [name]: value },
          ]);
          const noisy = { [name]: value, ...(Object.fromEntries(entries) as object) };
          let parsed;
          try {
            parsed = parseEvaluations(bytes(noisy), 'one');
          } catch (error) {
            // A text no body may hold, such as a lone surrogate.
            expect((error as CountersignError).code).to.equal('invalid_request');
            return;
          }
          expect(parsed).to.deep.equal(plain);
        },
      ),
    );
  });

  const unseenIn = (value: unknown, endpoint: 'one' | 'many' = 'one'): (readonly string[])[] =>
    parseEvaluations(bytes(value), endpoint).batch.items.map((item) =>
      'problem' in item ? [item.problem] : item.unseen,
    );

  it('any member of properties, and any of the context but five, makes the question one with unseen members', () => {
    const known = new Set(
      Object.keys({ ...QUESTION.context, session_id: 0, user_id: 0, reason: 0 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('subject', 'action', 'resource', 'context'),
        fc.string({ minLength: 1 }).filter((name) => !known.has(name) && name !== '__proto__'),
        fc.jsonValue({ maxDepth: 1 }),
        fc.boolean(),
        (kind, name, value, inherited) => {
          const members = { [name]: value };
          const entity = kind === 'context' ? members : { properties: members };
          const body = { ...QUESTION, [kind]: { ...QUESTION[kind as 'subject'], ...entity } };
          let unseen;
          try {
            unseen = unseenIn(
              inherited ? { ...body, evaluations: [{}] } : body,
              inherited ? 'many' : 'one',
            )[0];
          } catch (error) {
            // A text no body may hold, such as a lone surrogate.
            expect((error as CountersignError).code).to.equal('invalid_request');
            return;
          }
          expect(unseen).to.have.length(1);
          const path = kind === 'context' ? 'context' : `${kind}.properties`;
          expect(unseen?.[0]).to.be.oneOf([`${path}.${name}`, `${path}.*`]);
          expect(unseen?.[0]).to.match(/^[\w.:*-]{1,84}$/);
        },
      ),
    );
  });

  it('names five at most, no long or odd name, and no credential', () => {
    const secret = `csa_${'a'.repeat(32)}`;
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`m${String(i)}`, i]));
    const names = ['x'.repeat(65), 'a b', 'é', 'line\nbreak', '<script>', '1', secret];
    for (const name of names) {
      const context = { [name]: 1 };
      expect(unseenIn({ ...QUESTION, context })).to.deep.equal([['context.*']]);
    }
    const properties = Object.fromEntries(names.map((name) => [name, 1]));
    const resource = { ...QUESTION.resource, properties };
    expect(unseenIn({ ...QUESTION, resource })).to.deep.equal([['resource.properties.*']]);
    expect(unseenIn({ ...QUESTION, context: many })[0]).to.have.length(5);
  });

  it('an item’s own entity replaces the default with its properties, and inherits none', () => {
    const status = { ...QUESTION.resource, properties: { status: 'open' } };
    const body = {
      ...{ ...QUESTION, resource: status, context: { time: 'now' } },
      evaluations: [
        {},
        { resource: QUESTION.resource },
        { resource: QUESTION.resource, context: {} },
        { context: { ip: '::1', task_id: 't' } },
        { resource: { ...QUESTION.resource, properties: {} }, context: QUESTION.context },
      ],
    };
    expect(unseenIn(body, 'many')).to.deep.equal([
      ['resource.properties.status', 'context.time'],
      ['context.time'],
      [],
      ['resource.properties.status', 'context.ip'],
      [],
    ]);
  });
});
