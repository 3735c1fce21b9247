import { readScriptFile, readScripts, type Scripts } from '../../src/redis/scripts.js';

/** Changes the text of a script or include by its path below `lua/`; tests remove a guard with it. */
export type EditScript = (file: string, source: string) => string;

/** The scripts of the service; with `edit`, each file as `edit` returns it. */
export function editedScripts(edit: EditScript = (_, source) => source): Scripts {
  return readScripts((path) => edit(path, readScriptFile(path)));
}
