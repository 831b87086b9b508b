import type { Borrower, Lender } from "./ledger.ts";

/** The channel to the next node, up or down. */
export interface Link {
  /** By which items are lent to a child; `null` where no file can be shared with it. */
  readonly lender?: Lender | null;
  /** By which the parent lends items to this process. */
  readonly borrower?: Borrower | null;
  onObjectMessage: (message: unknown) => void;
  sendObjectMessage(message: unknown): void;
  /** Ends the connection to a child that said what it must not. */
  refuse?(error: Error): void;
  /** Resolves when what was sent is handed to the system. */
  settled?(): Promise<void>;
  /** Keeps this process alive as long as the link lives, or lets it end. */
  ref?(): void;
  unref?(): void;
  /** Whether it keeps the process alive by itself. */
  readonly isDaemon?: boolean;
  /** Whether something of the program's may run in a child: not before it was told what, nor after it was told to go. */
  readonly isActive?: boolean;
}

/** Takes what an object's home posts to a process that has a stand-in of it. */
export interface Mailbox {
  posted(what: string, content: readonly unknown[]): void;
  /** The home has ended. */
  homeEnded(): void;
}
