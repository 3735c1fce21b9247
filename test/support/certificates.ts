import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, makeCertificate } from '../../scripts/lib/certificates.mjs';

/** An authority and one certificate that it signed: paths and PEM texts. */
export interface TestCertificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a fresh authority and a certificate for these names (`DNS:localhost`); gone when the process ends. */
export async function makeTestCertificates(...subjects: string[]): Promise<TestCertificates> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-tls-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const authority = await makeAuthority(folder);
  const { cert, key } = await makeCertificate(folder, authority, { name: 'redis', subjects });
  const read = (path: string) => readFileSync(path, 'utf8');
  return {
    caFile: authority.cert,
    certFile: cert,
    keyFile: key,
    ca: read(authority.cert),
    cert: read(cert),
    key: read(key),
  };
}

/** Directives of a Redis that listens with TLS alone; a Cluster and a replica speak TLS among themselves too. */
export function tlsDirectives(port: number, certificates: TestCertificates): string[] {
  return [
    ...['--port', '0', '--tls-port', String(port)],
    ...['--tls-cert-file', certificates.certFile, '--tls-key-file', certificates.keyFile],
    ...['--tls-ca-cert-file', certificates.caFile, '--tls-auth-clients', 'no'],
    ...['--tls-replication', 'yes', '--tls-cluster', 'yes'],
  ];
}
