import { expect } from 'chai';
import { authorizationServerMetadata, metadataPath } from '../../../src/token/metadata.js';
import { ISSUER } from '../../support/tokens.js';

describe('authorization server metadata', () => {
  const metadata = authorizationServerMetadata({ issuer: ISSUER });

  it('has every member that RFC 8414 section 2 requires here', () => {
    expect(metadata).to.include({ issuer: ISSUER, token_endpoint: `${ISSUER}/oauth2/token` });
    expect(metadata.response_types_supported).to.deep.equal(['none']);
    expect(metadata.grant_types_supported).to.deep.equal(['client_credentials']);
  });

  it('has no empty list, no null and no other host', () => {
    for (const [name, value] of Object.entries(metadata)) {
      if (Array.isArray(value)) expect(value, name).to.not.have.length(0);
      else expect(value, name).to.match(/^https:\/\/auth\.example(\/|$)/);
    }
  });

  it('names signing algorithms wherever private_key_jwt is offered, and never none', () => {
    const members = new Map<string, unknown>(Object.entries(metadata));
    const lists = [...members].filter(([name]) => name.endsWith('_auth_methods_supported'));
    expect(lists).to.have.length(3);
    for (const [name, methods] of lists) {
      const algs = members.get(name.replace('methods', 'signing_alg_values'));
      if ((methods as string[]).includes('private_key_jwt')) {
        expect(algs).to.deep.equal(['ES256', 'ES384', 'RS256', 'PS256']);
      } else expect(algs).to.equal(undefined);
    }
  });

  it('names its documentation only when there is some', () => {
    expect(metadata).to.not.have.property('service_documentation');
    const documented = authorizationServerMetadata({
      issuer: ISSUER,
      serviceDocumentation: 'https://docs.example',
    });
    expect(documented.service_documentation).to.equal('https://docs.example');
  });

  it('lies between the host and the path of the issuer', () => {
    const base = '/.well-known/oauth-authorization-server';
    expect(metadataPath('https://auth.example')).to.equal(base);
    expect(metadataPath('https://auth.example/tenant')).to.equal(`${base}/tenant`);
  });
});
