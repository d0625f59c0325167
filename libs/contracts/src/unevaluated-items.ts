import { _, type Ajv, Name } from 'ajv';

/**
 * AJV's own `unevaluatedItems` takes "all items" and "no items", where only the run shows which, for a number
 * (8.20.0): it then checks too few items. This one does the same on what AJV knows, with all three cases.
 */
export function withUnevaluatedItems<T extends Ajv>(ajv: T): T {
  ajv.removeKeyword('unevaluatedItems');
  ajv.addKeyword({
    keyword: 'unevaluatedItems',
    type: 'array',
    schemaType: ['boolean', 'object'],
    error: { message: 'must NOT have unevaluated items' },
    code(cxt) {
      const { gen, data, it } = cxt;
      const schema: unknown = cxt.schema;
      const evaluated = it.items;
      it.items = true;
      if (evaluated === true || schema === true) return;
      const length = gen.const('length', _`${data}.length`);
      const from = gen.const(
        'from',
        evaluated instanceof Name
          ? _`${evaluated} === true ? ${length} : ${evaluated} || 0`
          : _`${evaluated ?? 0}`,
      );
      if (schema === false) return cxt.pass(_`${length} <= ${from}`);
      const valid = gen.var('valid', true);
      gen.forRange('i', from, length, (index) => {
        cxt.subschema({ keyword: 'unevaluatedItems', dataProp: index, dataPropType: 0 }, valid);
        if (!it.allErrors) gen.if(_`!${valid}`, () => gen.break());
      });
      cxt.ok(valid);
    },
  });
  return ajv;
}
