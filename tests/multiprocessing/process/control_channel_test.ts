import "../../support/leak_guard.ts";
import { assertThrows } from "@std/assert";
import { ControlWriter, journalOf } from "../../../src/multiprocessing/process/control_channel.ts";
import { recallsOf, takesOf } from "../../../src/multiprocessing/process/ledger.ts";

const control = (path: string): string => path;

for (const last of [journalOf, takesOf, recallsOf, control]) {
  Deno.test(`a channel leaves no file open that cannot have its file ${last("u")}`, () => {
    const folder = Deno.makeTempDirSync({ prefix: "control-" });
    try {
      const path = `${folder}/u`;
      Deno.writeTextFileSync(last(path), "");
      assertThrows(() => new ControlWriter(path), Deno.errors.AlreadyExists);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
