/**
 * Whether it pays to look again for some microseconds before going to sleep.
 *
 *     state     a wait is            what changes it
 *     drowsy    slept through        as many waits as are needed were quick → alert
 *     alert     looked at first      the waits of late took longer than when they were slept through → drowsy
 *
 * To be woken takes longer than most answers. But a look costs its time where nothing comes, and where there are more threads
 * than processors it keeps the one from running that it waits for. How long waits take is known without looking, so nothing is
 * spent where they are long. Whether looks pay is measured: by how much the waits of an alert time took less than they do when
 * they are slept through, all in all. If it was more, twice as many quick waits are needed before the next alert time, from 16
 * to 4096; else half as many. So looks that do not pay cost little.
 *
 * Source: adaptive mutexes, as HotSpot's and glibc's.
 */

/** The longest look, in milliseconds, if no other is given: whoever is waited for may have to be woken first. */
const LONGEST = 0.15;
/** The shortest. */
const SHORTEST = 0.03;
/** A look goes on for so many times the time in which the last ones found something. */
const TIMES = 6;
/** A wait that was slept through and took no longer may be looked at, in milliseconds: being woken is a part of it. */
const QUICK = LONGEST;
/** One that took longer counts against so many quick ones. */
const SLOW_WEIGHS = 4;
/** From so many milliseconds on nothing was there to wait for, and no wait was slow. */
const IDLE = 10;
/** What looks may cost before they have saved anything, and how much of what they saved counts. */
const CREDIT = 3 * LONGEST, MOST_CREDIT = 6 * LONGEST;
const FEWEST = 16, MOST = 4096;
/** Over so many waits it is known how long they take. */
const MEMORY = 256;

/** See the head of this file. */
export class Patience {
  readonly #longest: number;
  #isAlert = false;
  /** How long waits take that are slept through, in milliseconds; and over how many that is known. */
  #usual = 0;
  #known = 0;
  /** In what time the last looks found something. */
  #soon = 0;
  /** How long the look took that missed at the beginning of the wait that goes on; 0: there was none. */
  #missed = 0;
  /** What the alert time has saved, and what of it is left. */
  #saved = 0;
  #credit = 0;
  /** How many quick waits are needed, and how many there were. */
  #needed = FEWEST;
  #quick = 0;

  /** @param longest the longest look, in milliseconds. */
  constructor(longest: number = LONGEST) {
    this.#longest = longest;
  }

  /** For how many milliseconds the next wait is to be looked at; 0: not at all. */
  get look(): number {
    return this.#isAlert ? Math.max(SHORTEST, Math.min(this.#longest, TIMES * this.#soon)) : 0;
  }

  /** A wait was slept through, maybe after a look that missed, and took so many milliseconds with that. */
  slept(ms: number): void {
    const missed = this.#missed;
    this.#missed = 0;
    if (this.#isAlert) return this.#count(ms, missed);
    if (ms < IDLE) {
      this.#known = Math.min(MEMORY, this.#known + 1);
      this.#usual += (ms - this.#usual) / this.#known;
    }
    if (ms > QUICK) this.#quick = Math.max(0, this.#quick - SLOW_WEIGHS);
    else if (++this.#quick >= this.#needed) this.#turn(true);
  }

  /** A look found something after so many milliseconds. */
  found(ms: number): void {
    this.#soon += (Math.min(ms, this.#longest) - this.#soon) / 4;
    this.#count(ms);
  }

  /** A look found nothing in so many milliseconds; how long the wait takes in the end is not known yet. */
  missed(ms: number): void {
    this.#missed = ms;
    this.#spend(ms);
  }

  /** A wait of an alert time took so many milliseconds, of which so many are spent already. */
  #count(ms: number, spent = 0): void {
    if (ms < IDLE) this.#spend(ms - spent - this.#usual);
  }

  #spend(ms: number): void {
    this.#saved -= ms;
    this.#credit = Math.min(MOST_CREDIT, this.#credit - ms);
    if (this.#credit >= 0) return;
    const needed = this.#saved < 0 ? this.#needed * 2 : this.#needed / 2;
    this.#needed = Math.max(FEWEST, Math.min(MOST, needed));
    this.#turn(false);
  }

  #turn(isAlert: boolean): void {
    this.#isAlert = isAlert;
    this.#saved = 0;
    this.#credit = CREDIT;
    this.#soon = this.#longest;
    this.#quick = 0;
  }
}
