import "../../support/leak_guard.ts";
import { Barrier } from "../../../src/threading/mod.ts";
import { barrierSuite } from "../../suites/barrier_suite.ts";

barrierSuite(
  "threading.Barrier",
  (parties, action) => new Barrier(parties, action === undefined ? {} : { action }),
);
