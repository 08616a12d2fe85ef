// The GraphQL over HTTP audits of npm graphql-http, with an officer's token.
import { auditServer } from 'graphql-http';
import { authorization, report, url } from './demo.mjs';

const results = await auditServer({
  url,
  fetchFn: (address, init = {}) =>
    fetch(address, { ...init, headers: { ...authorization, ...init.headers } }),
});
report(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })));
