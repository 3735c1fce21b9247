/** Paths of a certificate and its private key, both in PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export declare function makeAuthority(
  folder: string,
  commonName?: string,
): Promise<CertificateFiles>;

export declare function makeCertificate(
  folder: string,
  authority: CertificateFiles,
  what: { readonly name: string; readonly subjects: readonly string[] },
): Promise<CertificateFiles>;
