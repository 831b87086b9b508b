import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { constructFor, subjectOf } from "../../src/core/construct_for.ts";

class Base {
  static readonly greeting: string = "base";
  readonly subject: string | undefined;
  readonly greeting: string;

  constructor(readonly given?: unknown) {
    this.subject = subjectOf<string>(new.target);
    this.greeting = new.target.greeting;
  }
}

class Derived extends Base {
  static override readonly greeting = "derived";
}

Deno.test("constructFor() makes an ordinary object of the class that knows what it speaks for", () => {
  const made = constructFor("subject", Derived, 1);
  assertEquals([made.subject, made.given, made.greeting], ["subject", 1, "derived"]);
  assert(made instanceof Derived && made.constructor === Derived);
  assertEquals(Object.getPrototypeOf(made), Derived.prototype);
  assertEquals([new Derived().subject, new Base().subject], [undefined, undefined]);
});

Deno.test("no other object gets the subject: none made in the constructor, none of its arguments, none after it", () => {
  const others: Base[] = [];
  class Making extends Base {
    constructor(...args: [unknown?]) {
      others.push(new Base(...args), new Derived(...args));
      super(...args);
      others.push(new Base(...args));
    }
  }
  assertEquals(constructFor("subject", Making, 1).subject, "subject");
  assertEquals(others.map(({ subject }) => subject), [undefined, undefined, undefined]);
  class Throwing extends Base {
    constructor() {
      if (others.length > 0) throw new Error("no");
      super();
    }
  }
  assertThrows(() => constructFor("subject", Throwing), Error, "no");
  others.length = 0;
  assertEquals(new Throwing().subject, undefined);
});

Deno.test("objects of one class that are made while another is made have each its own subject", () => {
  const inner: Base[] = [];
  class Nesting extends Base {
    constructor(depth: number) {
      if (depth > 0) inner.push(constructFor(`inner ${depth}`, Nesting, depth - 1));
      super(depth);
    }
  }
  assertEquals(constructFor("outer", Nesting, 2).subject, "outer");
  assertEquals(inner.map(({ subject }) => subject), ["inner 1", "inner 2"]);
  assertEquals(new Nesting(0).subject, undefined);
});
