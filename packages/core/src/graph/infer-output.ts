import type { OpName } from '@armature/sdk';
import { illegal } from './illegal-operator.js';
import type { Attributes, OpInput, OpOutput } from './op-input.js';
import { opTable } from './op-table.js';

/** What an operator of the table gives. @throws IllegalOperator */
export function inferOutput(op: OpName, inputs: readonly (OpInput | undefined)[], attributes: Attributes): OpOutput {
  const row = Object.hasOwn(opTable, op) ? opTable[op] : illegal(`there is no operator ${op}`);
  const { least, most } = row.inputs;
  if (inputs.length < least || inputs.length > most) illegal(`${op} takes ${least} to ${most} inputs, not ${inputs.length}`);
  for (const name of row.required) if (attributes[name] === undefined) illegal(`${op} needs the attribute ${name}`);
  for (const name of Object.keys(attributes)) if (!(name in row.attributes)) illegal(`${op} has no attribute ${name}`);
  return row.shape(inputs, attributes);
}
