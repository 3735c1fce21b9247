import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** TLS settings of a connection, as PEM texts. */
export interface TlsFiles {
  /** Trusted authorities, instead of Node's defaults. */
  readonly ca?: string;
  /** The client certificate. */
  readonly cert?: string;
  readonly privateKey?: string;
  /** The name for SNI and verification, instead of the connection's address. */
  readonly serverName?: string;
}

/**
 * Creates a check of a certificate's name (RFC 9525) against the connection's host and `names`.
 * A Cluster and a Sentinel may name servers by address; their certificates then hold the names of the URL.
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
