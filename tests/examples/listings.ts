/** The listings of the course, and what each must show: one row for each of the 47. */
import * as order from "./order_rules.ts";
import * as time from "./time_rules.ts";

/** What a listing must show. */
export interface Listing {
  /** Its number in the course. */
  readonly number: number;
  /** Its name in the course, of which the golden output is. */
  readonly name: string;
  /** The example that shows it, when a slide repeats another. */
  readonly sharedWith?: string;
  /** What changes from run to run, and what stands for it in the golden output. */
  readonly normalise?: readonly [pattern: RegExp, by: string];
  /** Without it the text must be the golden one. */
  readonly order?: order.OrderRule;
  /** Whether the lines must be those of the golden output, in any order; default: yes. */
  readonly sameLines?: boolean;
  readonly time?: time.TimeRule;
  /** What it says on stderr, where the slide is not true here; default: nothing. */
  readonly correction?: RegExp;
  /** Whether it is run a second time under CPython's global lock, with `--gil`: it must show the same. */
  readonly gil?: boolean;
  /** Whether the order comes from how long things take, not from the program's logic. */
  readonly orderByTime?: boolean;
}

const clockTime: Listing["normalise"] = [
  /[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g,
  "<ctime>",
];

export const LISTINGS: readonly Listing[] = [
  { number: 1, name: "01_yield_from_expr" },
  { number: 2, name: "02_concat_sequence_for" },
  { number: 3, name: "03_concat_sequence_yield_from" },
  { number: 4, name: "04_is_divider_coroutine" },
  { number: 5, name: "05_is_divider_decorated" },
  { number: 6, name: "06_threads_doubler", gil: true, order: order.eachNameBeforeItsResult },
  { number: 7, name: "07_switch_interval" },
  { number: 8, name: "08_lock_acquire_release_with" },
  {
    number: 9,
    name: "09_rlock_who_am_i",
    normalise: [/started \d+/g, "started <ident>"],
    order: order.fourSayThenList,
    sameLines: false,
    time: time.lasts(4),
  },
  {
    number: 10,
    name: "10_condition_orders",
    order: order.ordersThenStops,
    sameLines: false,
    time: time.lasts(1),
  },
  {
    number: 11,
    name: "11_condition_orders_repeat",
    sharedWith: "10_condition_orders",
    order: order.ordersThenStops,
    sameLines: false,
    time: time.lasts(1),
  },
  {
    number: 12,
    name: "12_semaphore_tickets",
    normalise: [/service time: \d+\.\d+/g, "service time: <t>"],
    order: order.anyOrder,
    time: time.threeThenTwo,
  },
  { number: 13, name: "13_event_workers", order: order.mainThreadFirst },
  { number: 14, name: "14_timer", time: time.takes(3) },
  {
    number: 15,
    gil: true,
    name: "15_barrier",
    order: order.resultLast,
    time: time.notBefore([0, 0, 1]),
  },
  {
    number: 16,
    gil: true,
    orderByTime: true,
    name: "16_thread_join",
    order: order.besideThenJoined,
    time: time.lasts(3),
  },
  {
    number: 17,
    name: "17_stop_flag",
    normalise: [/(?:--> thread work\n)+/, "--> thread work (x <n>)\n"],
    time: time.all(time.lasts(1.8), time.turns(/^--> thread work$/, 5, 0.1)),
  },
  {
    number: 18,
    orderByTime: true,
    name: "18_daemon_threads",
    order: order.daemonCutOff,
    sameLines: false,
    time: time.lasts(2.5),
  },
  {
    number: 19,
    name: "19_multiprocessing_who_am_i",
    normalise: [/Process \d+/g, "Process <pid>"],
    order: order.mainProgramFirst,
  },
  {
    number: 20,
    orderByTime: true,
    name: "20_process_terminate",
    normalise: [/in process \d+/g, "in process <pid>"],
    order: order.honksUntilTerminated,
    sameLines: false,
    time: time.all(time.lasts(2.5), time.turns(/Honk/, 3, 0.5)),
  },
  { number: 21, name: "21_asyncio_hello", time: time.notBefore([0, 1, 1, 2]) },
  {
    number: 22,
    name: "22_generators_round_robin",
    time: time.all(time.notBefore([0, 0.5, 1, 2, 3, 3.5]), time.lasts(3.5)),
  },
  {
    number: 23,
    name: "23_event_loop_hello_repeat",
    sharedWith: "21_asyncio_hello",
    time: time.notBefore([0, 1, 1, 2]),
  },
  { number: 24, name: "24_coroutine_definition", time: time.takes(2) },
  {
    number: 25,
    name: "25_coroutines_python34",
    time: time.all(time.notBefore([0, 0, 1, 2, 3, 3]), time.lasts(4)),
  },
  {
    number: 26,
    name: "26_coroutines_python35",
    time: time.all(time.notBefore([0, 0, 1, 2, 3, 3]), time.lasts(4)),
  },
  {
    number: 27,
    name: "27_download_sync_requests",
    normalise: [/^\d+\.\d+/, "<t>"],
    time: time.says(2),
  },
  {
    number: 28,
    name: "28_download_async_aiohttp",
    normalise: [/^\d+\.\d+/, "<t>"],
    time: time.says(0.2, 2),
  },
  {
    number: 29,
    name: "29_gather_factorial",
    time: time.notBefore([0, 0, 0, 1, 1, 1, 2, 2, 3]),
  },
  { number: 30, name: "30_async_context_manager", time: time.notBefore([0, 2]) },
  { number: 31, name: "31_async_iterator" },
  { number: 32, name: "32_testing_coroutines_fixture" },
  { number: 33, name: "33_decision_rule", correction: /^Here: io_bound=False -> threads/ },
  { number: 34, name: "34_import_asyncio" },
  {
    number: 35,
    orderByTime: true,
    name: "35_run_until_complete_gather",
  },
  { number: 36, name: "36_thread_clock", normalise: clockTime, time: time.clock },
  {
    number: 37,
    name: "37_thread_clock_annotated",
    sharedWith: "36_thread_clock",
    normalise: clockTime,
    time: time.clock,
  },
  { number: 38, name: "38_acquire_release_methods" },
  { number: 39, name: "39_lifo_and_priority_queue" },
  {
    number: 40,
    orderByTime: true,
    name: "40_queue_producer_join",
  },
  { number: 41, name: "41_process_clock", normalise: clockTime, time: time.clock },
  {
    number: 42,
    name: "42_process_clock_annotated",
    sharedWith: "41_process_clock",
    normalise: clockTime,
    time: time.clock,
  },
  { number: 43, orderByTime: true, name: "43_processes_simple_queue" },
  {
    number: 44,
    orderByTime: true,
    name: "44_threads_queue",
  },
  { number: 45, orderByTime: true, name: "45_gevent_greenlets" },
  { number: 46, orderByTime: true, name: "46_asyncio_tasks" },
  {
    number: 47,
    orderByTime: true,
    name: "47_callback_hell",
  },
];
