import { expect } from 'chai';
import { SentinelConnector } from 'ioredis';
import { causeOf } from '../../../src/redis/failure.js';
import { identityCheck } from '../../../src/redis/tls.js';
import type { PeerCertificate } from 'node:tls';

describe('the cause of a failed connection', () => {
  it('is one short line of visible characters, whatever the server says', () => {
    const text = causeOf(new Error(`ERR \u001b[31m${'x'.repeat(1000)}\r\nsecond`));
    expect(text).to.match(/^[\x20-\x7e]+…$/);
    expect(text.length).to.be.lessThan(260);
  });

  it('never holds the arguments of the command, which ioredis keeps on its errors', () => {
    const error = Object.assign(new Error('WRONGPASS invalid username-password pair'), {
      command: { name: 'auth', args: ['cs', 'the-password'] },
    });
    expect(causeOf(error)).to.equal('WRONGPASS invalid username-password pair');
  });

  it('repeats no argument that a server repeats', () => {
    const said = "unknown command 'AUTH', with args beginning with: 'cs' 'the-password'";
    expect(causeOf(new Error(`ERR ${said}`))).to.equal("ERR unknown command 'AUTH'");
  });

  it('is the last one of a Cluster, and the first of several addresses', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const cluster = Object.assign(new Error('Failed to refresh'), { lastNodeError: refused });
    for (const error of [cluster, new AggregateError([refused, new Error('b')])])
      expect(causeOf(error)).to.contain('connection refused').and.contain('(ECONNREFUSED)');
  });
});

describe('the name in a certificate', () => {
  const cert = { subject: { CN: 'x' }, subjectaltname: 'DNS:redis.example' } as PeerCertificate;

  it('may be one of the URL where a server is named by address, and no other', () => {
    const check = identityCheck(['redis.example', 'other.example']);
    expect(check('10.0.0.1', cert)).to.equal(undefined);
    expect(check('redis.example', cert)).to.equal(undefined);
    expect(identityCheck(['other.example'])('10.0.0.1', cert)).to.be.an('error');
    expect(identityCheck([])('redis.example.evil', cert)).to.be.an('error');
  });
});

describe('the private method of ioredis that asks a Sentinel', () => {
  it('exists: without it errors of the connections to Sentinels would be lost', () => {
    expect(Reflect.get(SentinelConnector.prototype, 'connectToSentinel')).to.be.a('function');
  });
});
