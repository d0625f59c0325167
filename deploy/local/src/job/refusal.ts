import { WaslError } from '#protocol';
import { BIRTH_TOPIC, WAREHOUSE } from '../population.js';
import type { Clients } from './clients.js';

/** The statistics office asks for births without an agreement. Returns the code it is refused with. */
export async function askWithoutAgreement(clients: Clients): Promise<string> {
  try {
    await clients.as(WAREHOUSE, 'consumer').pull({ topic: BIRTH_TOPIC, limit: 1 });
    return 'delivered';
  } catch (error) {
    if (error instanceof WaslError) return error.code;
    throw error;
  }
}
