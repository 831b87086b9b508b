import { JobStore } from "./job_store.ts";

/** The results of a queue: the first that is stored under a job's id is its result, whatever comes later. */
export class ResultStore extends JobStore {
  protected override readonly stream: string = this.names.results;

  protected override subjectOf(id: string): string {
    return this.names.result(id);
  }

  /**
   * Stores a result; returns whether it is the first.
   *
   * @param by names who stores it: what is sent twice by the same is one result.
   */
  store(id: string, by: string, bytes: Uint8Array): Promise<boolean> {
    return this.put(id, bytes, { msgID: `${id}.${by}`, isFirst: true });
  }
}
