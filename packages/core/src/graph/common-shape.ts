import type { Dim } from '@armature/sdk';
import type { PortRecord } from './graph-record.js';
import { illegal } from './illegal-operator.js';
import { showShape } from './op-input.js';

/** The shape of a choice: where the lengths of its sides differ, a length known only at run time. @throws IllegalOperator for two types or ranks */
export function commonShape(whenTrue: PortRecord, whenFalse: PortRecord, node: string): readonly Dim[] {
  const differ = whenTrue.type !== whenFalse.type || whenTrue.shape.length !== whenFalse.shape.length;
  if (differ) illegal(`its sides are ${whenTrue.type} ${showShape(whenTrue.shape)} and ${whenFalse.type} ${showShape(whenFalse.shape)}`);
  return whenTrue.shape.map((dim, axis) => (dim === whenFalse.shape[axis] ? dim : `${node}:${axis}`));
}
