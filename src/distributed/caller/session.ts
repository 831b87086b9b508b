import type { ConnectionSettings } from "../connection_options.ts";
import { Connection } from "../connection.ts";
import { DeadLetterStore } from "../dead_letters.ts";
import { NORMAL_LANE, type QueueNames } from "../names.ts";
import { Parcels } from "../parcels.ts";
import { Publisher } from "../publisher.ts";
import { ResultStore } from "../result_store.ts";
import { Structures, type StructureSettings } from "../structures.ts";

/** All that an executor needs of its server, once it is connected. */
export class Session {
  readonly connection: Connection;
  readonly names: QueueNames;
  readonly structures: Structures;
  readonly publisher: Publisher;
  readonly results: ResultStore;
  readonly parcels: Parcels;
  readonly dead: DeadLetterStore;

  private constructor(connection: Connection, names: QueueNames, structures: Structures) {
    this.connection = connection;
    this.names = names;
    this.structures = structures;
    this.publisher = new Publisher(connection);
    this.results = new ResultStore(connection, names, this.publisher);
    this.parcels = new Parcels(connection, structures);
    this.dead = new DeadLetterStore(connection, names, this.publisher);
  }

  /** Connects, and makes what the queue has not yet. */
  static async open(
    settings: ConnectionSettings,
    names: QueueNames,
    structure: StructureSettings,
  ): Promise<Session> {
    const connection = await Connection.open(settings, `quartet caller of ${names.queue}`);
    try {
      const structures = new Structures(connection, names, structure);
      await structures.make();
      await Promise.all([structures.lane(NORMAL_LANE), structures.later()]);
      return new Session(connection, names, structures);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}
