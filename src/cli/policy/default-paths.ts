/** Default folder of the Rego sources. */
export const DEFAULT_FOLDER = 'rego';

/** Default output file of `countersign policy build`. */
export const DEFAULT_OUTPUT = 'bundle.tar.gz';
