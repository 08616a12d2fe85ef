// What every client script shares: the running demo, and a draft that nobody made before.
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';

const ready = JSON.parse(readFileSync(process.argv[2], 'utf8'));
export const url = ready.graphql;
export const socketUrl = url.replace(/^http/, 'ws');
export const token = ready.tokens['court-executor'];
export const authorization = { authorization: `Bearer ${token}` };
export const caseNumber = ready.cases[1].number;

export const QUERY = 'query Viewer { viewer { role } }';
export const MUTATION = `mutation Draft($input: DraftOrderInput!, $key: String!) {
  draftOrder(input: $input, idempotencyKey: $key) { __typename ... on Order { id state } } }`;
export const SUBSCRIPTION = `subscription Changed($number: CaseNumber!) {
  orderChanged(caseNumber: $number) { id state } }`;
export const draft = {
  key: randomUUID(),
  input: {
    caseNumber,
    idNumber: ready.cases[1].debtors[0],
    assetKind: 'VEHICLE',
    action: 'SEAL',
    recordId: 'TP-00000001',
    amount: { fen: 100 },
    reason: '客户端兼容性',
  },
};

/** Long enough for a subscription to stand: nothing on the wire says when it does. */
export const stand = () => new Promise(resolve => setTimeout(resolve, 400));

export function report(answers) {
  console.log(JSON.stringify(answers));
  process.exit(0);
}

setTimeout(() => {
  console.error('no answer in 15 s');
  process.exit(1);
}, 15_000).unref();
