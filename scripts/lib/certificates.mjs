// A certificate authority and certificates for Redis, made with the openssl command.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './run.mjs';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 825;

/** Makes `ca.crt` and `ca.key` in a folder unless they are there; returns their paths. */
export async function makeAuthority(folder, commonName = 'Countersign Redis CA') {
  const cert = join(folder, 'ca.crt');
  const key = join(folder, 'ca.key');
  if (existsSync(cert) && existsSync(key)) return { cert, key };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A separate file: the system's openssl.cnf would add extensions that differ between machines.
  const config = join(folder, 'ca.cnf');
  const extensions = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign';
  const names = 'subjectKeyIdentifier=hash';
  writeFileSync(
    config,
    `[req]\ndistinguished_name=dn\nx509_extensions=ca\nprompt=no\n[dn]\nCN=${commonName}\n[ca]\n${extensions}\n${names}\n`,
  );
  const days = ['-days', String(AUTHORITY_DAYS)];
  await openssl('req', '-x509', ...KEY, '-config', config, ...days, '-keyout', key, '-out', cert);
  rmSync(config);
  chmodSync(key, 0o600);
  return { cert, key };
}

/**
 * Makes `<name>.crt` and `<name>.key` in a folder, signed by the authority, for these names (`DNS:redis`,
 * `IP:127.0.0.1`), unless they are there; returns their paths.
 */
export async function makeCertificate(folder, authority, { name, subjects }) {
  const [cert, key, request, extensions] = ['crt', 'key', 'csr', 'ext'].map((end) =>
    join(folder, `${name}.${end}`),
  );
  if (existsSync(cert) && existsSync(key)) return { cert, key };
  mkdirSync(folder, { recursive: true });
  const config = '[req]\ndistinguished_name=dn\nprompt=no\n';
  writeFileSync(extensions, `${config}[dn]\nCN=${name}\n`);
  await openssl('req', '-new', ...KEY, '-config', extensions, '-keyout', key, '-out', request);
  writeFileSync(
    extensions,
    `subjectAltName=${subjects.join(',')}\nextendedKeyUsage=serverAuth,clientAuth\n`,
  );
  // Drawn, not counted: a file of serials next to the authority would be another file to keep.
  const serial = BigInt(`0x${randomBytes(16).toString('hex')}`);
  await openssl(
    ...['x509', '-req', '-in', request, '-CA', authority.cert, '-CAkey', authority.key],
    ...['-set_serial', String(serial), '-days', String(CERTIFICATE_DAYS)],
    ...['-extfile', extensions, '-out', cert],
  );
  for (const path of [request, extensions]) rmSync(path);
  chmodSync(key, 0o600);
  return { cert, key };
}

async function openssl(...args) {
  await runToEnd('openssl', args);
}
