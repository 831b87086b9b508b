/**
 * Where a child notes what it takes of items that its parent has lent it, so that the parent can have the rest back at
 * any moment: also from a child that is busy or dead. Of a lock that it keeps it notes each hold and release the same way.
 *
 *     parent                                      child
 *     lends loan 7 in a message                   appends "7" to the takes for each item, before it is used
 *     appends "7" to the recalls                  reads the recalls
 *     reads the takes                             it is not recalled: the item is taken
 *
 * - Each side first writes and then reads, and a read of a file returns what was written before. So of a child that
 *   takes an item and a parent that recalls the loan at the same moment at least one sees the other. What the parent
 *   has read when it recalls is taken, and nothing after it: a child that sees the recall asks how much that was.
 * - The takes are emptied when no loan is open; when they are long, all are recalled for that. What is appended for a loan
 *   that is over counts for nothing.
 * - The recalls are dropped when the child has heard of all of them. Each is told in a message too, after which the child reads
 *   what stands there; so a take of a loan says that it has heard of every recall before that loan. What comes then stands where
 *   it would have, behind a hole that takes no room.
 * - On a full disk nothing can be appended. Then the parent makes the file of the recalls longer by a hole, which takes no room and
 *   reads as the note 0: all is recalled, and nothing is lent any more.
 * - A loan that ends without a recall costs two calls of the system for each item, and no message.
 *
 * A note is the number of the loan, of 32 bits, above 0.
 */

/** The length of a note, in bytes. */
const NOTE = 4;
/** Takes of more bytes than this are emptied if no loan is open. */
const EMPTIED_FROM = 64 * 1024;
/** Recalls of more bytes than this are dropped if the child has heard of them. */
const DROPPED_FROM = 64 * 1024;
/** Whether a file can have a hole that takes no room. */
export const HAS_HOLES: boolean = Deno.build.os !== "windows";
/** The note by which all loans are recalled. */
const ALL = 0;
/** For takes of more bytes than this all loans are recalled. */
const RECALLED_FROM = 1024 * 1024;
/**
 * Nothing is lent while the takes are longer than this: a loan has been recalled and is still open, as of a lock that is held.
 * Nor while the recalls are: nothing was ever taken before it was recalled, so to lend does no good.
 */
const FULL = 16 * 1024 * 1024;
/** A child that notes more than this does not mean well, in bytes. */
const LONGEST = 4 * FULL;

/** The file of the takes beside the one for what is urgent. */
export function takesOf(path: string): string {
  return `${path}.takes`;
}

/** The file of the recalls beside the one for what is urgent. */
export function recallsOf(path: string): string {
  return `${path}.recalls`;
}

/** A loan that is open. */
interface OpenLoan {
  /** How much of it was seen to be taken. */
  taken: number;
  /** Where the recalls ended when it was opened. */
  readonly since: number;
  recall(): void;
}

/** The parent's end. */
export class Lender {
  readonly #takes: Deno.FsFile;
  readonly #recalls: Deno.FsFile;
  /** The loans that are open. */
  readonly #open = new Map<number, OpenLoan>();
  readonly #note = new Uint32Array(1);
  readonly #chunk = new Uint32Array(4_096);
  /** How many bytes of the takes were read since they were emptied. */
  #read = 0;
  /** Where the recalls end, from where on they are kept, and how far the child has heard of them for sure. */
  #recallsEnd = 0;
  #keptFrom = 0;
  #heardTo = 0;
  #last = 0;
  #isUsable = true;
  #isAllRecalled = false;

  constructor(path: string) {
    using opened = new DisposableStack(); // closed again where the other one cannot be had
    this.#takes = opened.use(create(takesOf(path)));
    this.#recalls = create(recallsOf(path));
    opened.move();
  }

  /**
   * Opens a loan, and returns its number; `null` when nothing can be lent.
   *
   * @param recall has it back, if that can be now.
   */
  lend(recall: () => void): number | null {
    if (!this.#isUsable) return null;
    this.#look();
    if (this.#read > RECALLED_FROM) { for (const each of [...this.#open.values()]) each.recall(); }
    if (this.#open.size === 0 && this.#read > EMPTIED_FROM) this.#empty();
    const isFull = this.#read > FULL || this.#recallsEnd - this.#keptFrom > FULL;
    if (!this.#isUsable || isFull) return null;
    this.#last = this.#last % 0xffff_ffff + 1;
    this.#open.set(this.#last, { taken: 0, since: this.#recallsEnd, recall });
    return this.#last;
  }

  /** How many items of an open loan are taken by now. */
  taken(loan: number): number {
    this.#look();
    return this.#open.get(loan)?.taken ?? 0;
  }

  /**
   * Has the child take no more of a loan than {@link Lender.taken} returns from now on.
   *
   * @returns whether it can: a full disk may not even take a hole.
   */
  recall(loan: number): boolean {
    if (this.#isAllRecalled) return true;
    if (HAS_HOLES && this.#recallsEnd - this.#keptFrom > DROPPED_FROM) this.#dropHeard();
    if (!this.#isUsable) return false;
    this.#note[0] = loan;
    this.#isUsable = append(this.#recalls, this.#note);
    if (!this.#isUsable) return this.#recallAll(loan);
    this.#recallsEnd += NOTE;
    return true;
  }

  /** Recalls all loans by a hole, and has those told that lent the others. */
  #recallAll(loan: number): boolean {
    if (!HAS_HOLES) return false;
    try {
      this.#recalls.truncateSync(this.#recallsEnd); // without a part of the note, if that stands there
      this.#recalls.truncateSync(this.#recallsEnd + NOTE);
    } catch {
      return false; // which the failure before has told
    }
    this.#isAllRecalled = true;
    for (const [number, each] of [...this.#open]) if (number !== loan) each.recall();
    return true;
  }

  /** Forgets a loan that is over. */
  close(loan: number): void {
    this.#open.delete(loan);
  }

  /** Closes the files. */
  end(): void {
    this.#isUsable = false;
    this.#takes.close();
    this.#recalls.close();
  }

  /** Counts what is noted and was not counted yet. */
  #look(): void {
    const bytes = new Uint8Array(this.#chunk.buffer);
    while (this.#read <= LONGEST) {
      const read = this.#takes.readSync(bytes);
      if (read === null) return;
      this.#read += read;
      const whole = Math.floor(read / NOTE); // half a note is what a full disk may have left
      for (let i = 0; i < whole; i++) {
        const loan = this.#open.get(this.#chunk[i] as number);
        if (loan === undefined) continue;
        loan.taken++;
        if (loan.since > this.#heardTo) this.#heardTo = loan.since;
      }
    }
    this.#isUsable = false;
  }

  #dropHeard(): void {
    if (!this.#isUsable) return;
    this.#look();
    if (this.#heardTo < this.#recallsEnd) return;
    this.#recalls.truncateSync(0);
    this.#keptFrom = this.#recallsEnd;
  }

  #empty(): void {
    this.#takes.truncateSync(0);
    this.#takes.seekSync(0, Deno.SeekMode.Start);
    this.#read = 0;
  }
}

/** The child's end. */
export class Borrower {
  readonly #takes: Deno.FsFile;
  readonly #recalls: Deno.FsFile;
  readonly #note = new Uint32Array(1);
  readonly #chunk = new Uint32Array(64);
  /** What was recalled and not settled yet. */
  readonly #recalled = new Set<number>();
  #isAllRecalled = false;
  #isUsable = true;

  constructor(path: string) {
    this.#takes = Deno.openSync(takesOf(path), { append: true });
    this.#recalls = Deno.openSync(recallsOf(path));
  }

  /** Whether items can be taken of a loan: a disk may be full, here or for the parent. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Notes that one more item of a loan is taken; then {@link Borrower.isRecalled} says whether that may still be. */
  note(loan: number): boolean {
    if (!this.#isUsable) return false;
    this.#note[0] = loan;
    this.#isUsable = append(this.#takes, this.#note);
    return this.#isUsable;
  }

  /** Whether the parent has recalled a loan. */
  isRecalled(loan: number): boolean {
    const bytes = new Uint8Array(this.#chunk.buffer);
    for (;;) {
      const read = this.#recalls.readSync(bytes);
      if (read === null) break;
      for (let i = 0; i < read / NOTE; i++) this.#hear(this.#chunk[i] as number);
    }
    return this.#isAllRecalled || (this.#recalled.size > 0 && this.#recalled.has(loan));
  }

  #hear(note: number): void {
    if (note !== ALL) {
      this.#recalled.add(note);
      return;
    }
    this.#isAllRecalled = true;
    this.#isUsable = false;
  }

  /** Forgets a recall that has been heard of. */
  settle(loan: number): void {
    this.isRecalled(loan);
    this.#recalled.delete(loan);
  }

  /** Closes the files. */
  end(): void {
    this.#isUsable = false;
    this.#takes.close();
    this.#recalls.close();
  }
}

function create(path: string): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 });
}

/** Appends a note; returns whether it stands there. */
function append(file: Deno.FsFile, note: Uint32Array<ArrayBuffer>): boolean {
  try {
    if (file.writeSync(new Uint8Array(note.buffer)) === NOTE) return true;
  } catch (error) {
    console.error("Cannot note what is lent between processes, so items go one at a time:", error);
  }
  return false;
}
