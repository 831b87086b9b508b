/** What each column of the tables means, for a legend. */
export const COLUMN_NOTES: Readonly<Record<string, string>> = {
  "model": "the way to run the work",
  "workers": "threads or processes that run it",
  "wall time": "the median of the measured runs, each of all tasks",
  "from – to": "the shortest and the longest run",
  "per task": "wall time ÷ tasks",
  "CPU ÷ wall": "CPU time ÷ wall time: about 0 where work waits, 1 for each core that is kept busy",
  "start": "until every worker was ready; in no run",
  "memory": "the highest resident memory while the model ran first, its processes included",
  "speed-up": "how many times as fast as sync, with the interval of that ratio",
};
