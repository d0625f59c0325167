/** Something outside the program is missing or taken; the text says what it is and how to go on. */
export class SetupProblem extends Error {
  override readonly name = 'SetupProblem';

  constructor(
    readonly what: string,
    readonly wayOut: string,
    options?: ErrorOptions,
  ) {
    super(`${what}\n${wayOut}`, options);
  }
}

export type Progress = (text: string) => void;
