import { defineKind, schema as s } from 'skep';

/** Accounts, whose sum never changes, and the transfers between them. */
export const accounts = defineKind({ name: 'account', schema: s.object({ balance: s.int() }) });
export const transfers = defineKind({
  name: 'transfer',
  schema: s.object({ from: s.text(), to: s.text(), amount: s.int() }),
});
/** Lists that only grow. */
export const lists = defineKind({ name: 'list', schema: s.object({ values: s.list(s.text()) }) });
/** Work of the queue, and the notes of what finished it. */
export const jobs = defineKind({ name: 'work', schema: s.object({ n: s.int() }) });
export const finished = defineKind({
  name: 'finished',
  schema: s.object({ job: s.text(), by: s.text(), attempt: s.int() }),
});
/** Steps of the singleton, each with the token of its run. */
export const steps = defineKind({ name: 'step', schema: s.object({ token: s.int(), by: s.text() }) });
/** Numbers that are wished, and what the controller made of them. */
export const wishes = defineKind({ name: 'wish', plural: 'wishes', schema: s.object({ n: s.int() }) });
export const makings = defineKind({ name: 'making', schema: s.object({ n: s.int(), by: s.text() }) });
