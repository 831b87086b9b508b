/** What a race runs. */
export interface RaceSettings {
  /** Which models run. */
  readonly models: readonly RaceModel[];
  /** How many tasks each of them does. */
  readonly tasks: number;
  /** How many threads, and how many processes. */
  readonly workers: number;
  /** How long a task computes, in milliseconds, where it has a core to itself. */
  readonly taskMs: number;
  /** How long it waits after that, in milliseconds. */
  readonly delayMs: number;
  /** Whether threads take turns as Python's do. */
  readonly gil: boolean;
  /** Whether models run at the same time, or each with the machine to itself. */
  readonly together: boolean;
}

/** A model that can be shown while it runs. */
export type RaceModel = "sync" | "threads" | "processes" | "async";

/** All of them, in the order of the page. */
export const RACE_MODELS: readonly RaceModel[] = ["sync", "threads", "processes", "async"];

/** The smallest and the greatest value of each number. */
export const LIMITS: Readonly<
  Record<"tasks" | "workers" | "taskMs" | "delayMs", readonly [number, number]>
> = { tasks: [1, 100], workers: [1, 16], taskMs: [0, 1000], delayMs: [0, 2000] };

/** What the page begins with. */
export const FIRST_SETTINGS: RaceSettings = {
  models: RACE_MODELS,
  tasks: 8,
  workers: 4,
  taskMs: 60,
  delayMs: 200,
  gil: false,
  together: true,
};

/**
 * Reads settings that came from a page.
 *
 * @throws {TypeError} if something is missing or of another type.
 * @throws {RangeError} if a number is out of its limits, or there is no model.
 */
export function readSettings(value: unknown): RaceSettings {
  const given = (typeof value === "object" ? value : null) as Partial<RaceSettings> | null;
  const { models, gil, together } = given ?? {};
  if (!Array.isArray(models) || !models.every((model) => RACE_MODELS.includes(model))) {
    throw new TypeError(`Cannot race: models have to be some of ${RACE_MODELS.join(", ")}`);
  }
  if (typeof gil !== "boolean" || typeof together !== "boolean") {
    throw new TypeError("Cannot race: gil and together have to be true or false");
  }
  if (models.length === 0) throw new RangeError("Cannot race: no model is chosen, choose one");
  const number = (name: keyof typeof LIMITS): number => {
    const [least, most] = LIMITS[name];
    const found = given?.[name];
    if (typeof found !== "number" || !Number.isInteger(found) || found < least || found > most) {
      throw new RangeError(
        `Cannot race: ${name} has to be a whole number from ${least} to ${most}`,
      );
    }
    return found;
  };
  return {
    models: RACE_MODELS.filter((model) => models.includes(model)),
    tasks: number("tasks"),
    workers: number("workers"),
    taskMs: number("taskMs"),
    delayMs: number("delayMs"),
    gil,
    together,
  };
}
