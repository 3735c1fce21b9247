/** Exit codes of the commands; `docs/reference/cli.md` documents them. */
export const EXIT = {
  ok: 0,
  /** Denied by policy, an inactive token, or a check that failed. */
  refused: 1,
  usage: 2,
  /** The service does not answer or is temporarily unable. */
  unavailable: 3,
  notFound: 4,
  conflict: 5,
  /** The admin token or the client's credential is missing, wrong or lacks the permission. */
  notAllowed: 6,
  /** A defect of the command itself. */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
