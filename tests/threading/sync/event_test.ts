import "../../support/leak_guard.ts";
import { Event } from "../../../src/threading/mod.ts";
import { eventSuite } from "../../suites/event_suite.ts";

eventSuite("threading.Event", () => new Event());
