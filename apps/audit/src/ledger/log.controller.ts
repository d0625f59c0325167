import { Controller, Get, Inject, Query } from '@nestjs/common';
import { vkey, WaslError, type NoteSigner } from '#protocol';
import { Public } from '#service';
import { Prover } from './prover.js';

/** Token of the key that signs checkpoints. */
export const LOG_SIGNER = Symbol('log signer');

/** What a verifier needs to know of the log. */
@Public()
@Controller('v1')
export class LogController {
  constructor(
    @Inject(LOG_SIGNER) private readonly signer: NoteSigner,
    @Inject(Prover) private readonly prover: Prover,
  ) {}

  @Get('log')
  log() {
    return { origin: this.signer.name, vkey: vkey(this.signer) };
  }

  @Get('consistency')
  async consistency(@Query('first') first: unknown, @Query('second') second: unknown) {
    const sizes: [number, number] = [sizeOf(first, 'first'), sizeOf(second, 'second')];
    const { notes, hashes } = await this.prover.consistency(...sizes);
    return {
      origin: this.signer.name,
      first: { size: sizes[0], checkpoint: notes[0] },
      second: { size: sizes[1], checkpoint: notes[1] },
      proof: hashes.map((hash) => hash.toString('base64')),
    };
  }
}

function sizeOf(value: unknown, name: string): number {
  if (typeof value !== 'string' || !/^(0|[1-9]\d{0,14})$/.test(value))
    throw new WaslError('malformed-request', `${name} is the size of a checkpoint, in decimal`);
  return Number(value);
}
