/** The folder of Rego, unless the command line names one. */
export const DEFAULT_FOLDER = 'rego';

/** The file that `countersign policy build` writes, unless the command line names one. */
export const DEFAULT_OUTPUT = 'bundle.tar.gz';
