import type { ControlState, KeyRecord } from '#control';

/** Keys by the system that holds them; to be created before the view starts. */
export class SystemKeys {
  private readonly systems = new Map<string, Map<string, KeyRecord>>();
  private readonly holders = new Map<string, string>();

  constructor(view: Pick<ControlState, 'onChange'>) {
    view.onChange(({ key, record }) => {
      if (!key.startsWith('key:')) return;
      const holder = this.holders.get(key);
      if (holder !== undefined) this.systems.get(holder)?.delete(key);
      this.holders.delete(key);
      if (record?.kind !== 'key') return;
      const keys = this.systems.get(record.system) ?? new Map<string, KeyRecord>();
      this.systems.set(record.system, keys.set(key, record));
      this.holders.set(key, record.system);
    });
  }

  of(system: string): KeyRecord[] {
    return [...(this.systems.get(system)?.values() ?? [])];
  }
}
