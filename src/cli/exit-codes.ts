/** What a command's exit code means; `docs/reference/cli.md` has the same table. */
export const EXIT = {
  ok: 0,
  /** Denied by policy, an inactive token, or a check that failed. */
  refused: 1,
  usage: 2,
  /** Nothing answers there, or the service cannot do it right now. */
  unavailable: 3,
  notFound: 4,
  conflict: 5,
  /** The admin token or the client's credential is missing, wrong, or not allowed to do that. */
  notAllowed: 6,
  /** A defect of the command itself. */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
