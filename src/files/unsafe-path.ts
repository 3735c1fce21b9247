/** Reason for which a file or folder is not used. */
export type UnsafeReason =
  | 'foreign_owner'
  | 'leaves_folder'
  | 'not_a_folder'
  | 'not_a_file'
  | 'symbolic_link'
  | 'writable_by_others';

/** Error: a file or folder that another user could have prepared, or could change. */
export class UnsafePath extends Error {
  override readonly name = 'UnsafePath';
  constructor(
    readonly code: UnsafeReason,
    readonly path: string,
    what: string,
    /** What to do, as a command or a setting. */
    readonly hint: string,
  ) {
    super(`${path} ${what} (${code}): ${hint}`);
  }
}
