// graphql-sse in distinct connections mode: all three kinds of operation as event streams.
import { createClient } from 'graphql-sse';
import { MUTATION, QUERY, SUBSCRIPTION, authorization, caseNumber, draft, report, stand, url } from './demo.mjs';

const client = createClient({ url, headers: authorization });
const first = payload =>
  new Promise((resolve, reject) =>
    client.subscribe(payload, { next: ({ data }) => resolve(data), error: reject, complete() {} }),
  );

const event = first({ query: SUBSCRIPTION, variables: { number: caseNumber } });
await stand();
const query = await first({ query: QUERY });
const mutation = await first({ query: MUTATION, variables: draft });
report({ query, mutation, subscription: await event });
