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

  it('whatever they are: questions whose members are texts, or a 400', () => {
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
      // Chance alone would seldom make a whole question.
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

  it('unknown members, wherever they are, change nothing', () => {
    const plain = parseEvaluations(bytes(QUESTION), 'one');
    fc.assert(
      fc.property(
        fc.stringMatching(/^x[a-z]{0,8}$/),
        fc.jsonValue({ maxDepth: 2 }),
        (name, value) => {
          const entries = Object.entries(QUESTION).map(([key, entity]) => [
            key,
            { ...entity, [name]: value },
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
});
