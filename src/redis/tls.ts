import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** Of a TLS connection; PEM texts. */
export interface TlsFiles {
  /** Authorities to trust in the place of Node's own. */
  readonly ca?: string;
  /** The certificate to show a server that asks for one. */
  readonly cert?: string;
  readonly privateKey?: string;
  /** The name to ask for (SNI) and to expect, in the place of the address that is connected to. */
  readonly serverName?: string;
}

/**
 * Checks the name in a certificate (RFC 9525): the one that was connected to, or one of `names`. A Cluster and a
 * Sentinel may name servers by address; their certificates then hold names that the operator wrote in the URL.
 */
export function identityCheck(
  names: readonly string[],
): (host: string, cert: PeerCertificate) => Error | undefined {
  return (host, cert) => {
    const error = checkServerIdentity(host, cert);
    if (error === undefined) return undefined;
    const known = names.some((name) => checkServerIdentity(name, cert) === undefined);
    return known ? undefined : error;
  };
}
