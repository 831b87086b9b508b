/** How large a built-in workload is; each says what it makes of them. */
export interface WorkloadSize {
  /** How many tasks. */
  readonly tasks?: number | undefined;
  /** How much each task has to do. */
  readonly size?: number | undefined;
  /** How long each task waits, in milliseconds. */
  readonly delay?: number | undefined;
}
