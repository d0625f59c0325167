/** The time of the process, where it enters: everything below takes it as a value. */
export class Clock {
  now(): Date {
    return new Date();
  }
}
