/** A program that uses a worker twice, and then ends in some way, or uses it once more. */
import { Thread } from "../../../src/threading/mod.ts";
import { late, quiet, state } from "../targets/kept_targets.ts";

/** How many workers the system sees. */
function workers(): number {
  const tasks = [...Deno.readDirSync("/proc/self/task")];
  return tasks.filter(({ name }) => nameOf(name).startsWith("worker-")).length;
}

function nameOf(task: string): string {
  try {
    return Deno.readTextFileSync(`/proc/self/task/${task}/comm`);
  } catch {
    return ""; // it has just ended
  }
}

if (import.meta.main) {
  const uses = async (): Promise<number> => {
    const thread = new Thread({ target: quiet.uses }).start();
    await thread.join();
    return await thread.result;
  };
  console.log(await uses(), await uses());
  const giveUp = setTimeout(() => Deno.exit(9), 8_000); // before a worker that holds the program goes by itself
  Deno.unrefTimer(giveUp as unknown as number);
  switch (Deno.args[0]) {
    case "exit":
      Deno.exit(3);
      break;
    case "throw":
      throw new Error("as it is told");
    case "revoke": {
      Deno.permissions.revokeSync({ name: "env" });
      const thread = new Thread({ target: state }).start();
      console.log(await uses(), await thread.result);
      break;
    }
    case "late": {
      await new Thread({ target: late }).start().join();
      while (workers() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      console.log(await uses());
    }
  }
}
