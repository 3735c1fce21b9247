/** The cause, and the remedy where there is one, by error code. */
const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: no server listens at the address',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'temporary failure to resolve the name',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOENT: 'the socket does not exist',
  EACCES: 'no permission',
  ECONNRESET: 'the server closed the connection; check that redis.url and the port agree on TLS',
  EPROTO: 'no TLS on this port, or no common TLS version',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no TLS on this port',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the server requires a client certificate: set redis.tls.cert_file and redis.tls.key_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'no trusted authority signed the certificate: set redis.tls.ca_file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'no trusted authority signed the certificate: set redis.tls.ca_file',
  SELF_SIGNED_CERT_IN_CHAIN: 'no trusted authority signed the certificate: set redis.tls.ca_file',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: set redis.tls.ca_file',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate is for another name: set redis.tls.server_name, or name the host in redis.url',
};

/** Message of ioredis for a connection error that was already reported by another event. */
const CLOSED = 'Connection is closed.';
const MAX_CHARS = 240;

/**
 * Returns the cause of a connection failure for operators: the code or the server's message, and the
 * remedy if known. Reads neither the command nor its arguments, which ioredis keeps on its errors, since they include
 * the password. A server repeats the arguments of an unknown command; they are cut off.
 */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  const inner = innermost(error);
  const code = codeOf(inner);
  const known = code === undefined ? undefined : BY_CODE[code];
  if (known === undefined)
    return plain(inner.message === '' ? (code ?? inner.name) : withoutArguments(inner.message));
  return plain(`${known} (${String(code)})${certificateNames(inner)}`);
}

/**
 * Removes the arguments from `ERR unknown command 'AUTH', with args beginning with: 'user' 'password'`
 * and the like.
 */
function withoutArguments(message: string): string {
  const at = message.search(/(?:,? )?with args beginning with/i);
  return at === -1 ? message : message.slice(0, at);
}

/** Returns whether an error says only that the connection is closed. */
export function saysLittle(error: unknown): boolean {
  return error instanceof Error && error.message === CLOSED;
}

/** Returns the nested error: an address family race and a Cluster wrap the original errors. */
function innermost(error: Error): Error {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return error.lastNodeError;
  return error;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Returns the names in a certificate that was refused because of its name. */
function certificateNames(error: Error): string {
  const cert: unknown = 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert
      ? cert.subjectaltname
      : undefined;
  return typeof names === 'string' ? `; the certificate names ${names}` : '';
}

/** Returns one line of printable characters, since the text may come from the server. */
function plain(text: string): string {
  const line = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line;
}
