/** Milliseconds of processor time that the work took in this process; other programs of the machine don't count. */
export function processorTime(work: () => void): number {
  const start = process.cpuUsage();
  work();
  return process.cpuUsage(start).user / 1_000;
}
