/** What the page and the program tell each other, as JSON over one socket. */
import type { RaceModel, RaceSettings } from "./race_settings.ts";
import type { TaskState } from "./race_task.ts";

/** From the page. */
export type RaceCommand =
  | { readonly do: "start"; readonly settings: RaceSettings }
  | { readonly do: "pause" }
  | { readonly do: "resume" }
  | { readonly do: "stop" };

/** From the program. Times are milliseconds since the model began, pauses not counted. */
export type RaceEvent =
  /** A race begins; everything of the one before is over. */
  | { readonly is: "race"; readonly settings: RaceSettings; readonly cores: number }
  /** The workers of a model are started; the next event of it comes when all are ready. */
  | { readonly is: "opening"; readonly model: RaceModel }
  /** A model begins; starting its workers took so long. */
  | { readonly is: "began"; readonly model: RaceModel; readonly startMs: number }
  /** A task of a model does something else. */
  | {
    readonly is: "step";
    readonly model: RaceModel;
    readonly task: number;
    readonly state: TaskState;
    readonly worker: number;
    readonly at: number;
  }
  /** A model has done all tasks. */
  | { readonly is: "ended"; readonly model: RaceModel; readonly wallMs: number }
  | { readonly is: "paused"; readonly paused: boolean }
  /** All have ended, or the race was stopped. */
  | { readonly is: "over"; readonly stopped: boolean }
  /** Something cannot be done, or the work failed. */
  | { readonly is: "error"; readonly message: string };
