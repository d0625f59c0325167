/** Whether `value` is a whole multiple of `unit` in exact decimal arithmetic, as `multipleOf` means it. */
export function isMultiple(value: number, unit: number): boolean {
  const [left, right] = [parts(value), parts(unit)];
  if (right.digits === 0n) return false;
  const scale = Math.min(left.exponent, right.exponent);
  // Between 1e308 and 5e-324 the quotient is past any use; exact powers that large would only cost time.
  if (Math.max(left.exponent, right.exponent) - scale > MAX_SHIFT) return false;
  const at = ({ digits, exponent }: Decimal): bigint => digits * 10n ** BigInt(exponent - scale);
  return at(left) % at(right) === 0n;
}

interface Decimal {
  digits: bigint;
  exponent: number;
}

const MAX_SHIFT = 700;

function parts(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  return { digits: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - fraction.length };
}
