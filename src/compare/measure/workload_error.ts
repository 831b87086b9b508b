/** The work itself failed, or did not end in time; the message names the workload, the model and the input. */
export class WorkloadError extends Error {
  /** The name of the class. */
  override name = "WorkloadError";
  /** The row under which it failed. */
  readonly model: string;
  /** Which of the inputs it had, from 0. */
  readonly input: number;

  /** `options.cause` is the error of the work. */
  constructor(message: string, model: string, input: number, options?: ErrorOptions) {
    super(message, options);
    this.model = model;
    this.input = input;
  }
}
