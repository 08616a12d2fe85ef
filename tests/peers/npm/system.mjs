// A department's system: private_key_jwt, bearer and DPoP, introspection, revocation.
import * as oauth from 'openid-client';
import { clientKey, clients, discovered, graphql, refusedWith, report } from './peer.mjs';

const config = await discovered(clients.system, oauth.PrivateKeyJwt(await clientKey()));
const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256'));
const ask = { query: '{ viewer { organisation role } }' };
const headers = new Headers({ 'content-type': 'application/json' });

const bound = await oauth.clientCredentialsGrant(config, { resource: graphql.href }, { DPoP });
const withProof = await oauth.fetchProtectedResource(
  config, bound.access_token, graphql, 'POST', JSON.stringify(ask), headers, { DPoP },
);
const withoutProof = await fetch(graphql, {
  method: 'POST',
  headers: { ...Object.fromEntries(headers), authorization: `Bearer ${bound.access_token}` },
  body: JSON.stringify(ask),
});
const before = await oauth.tokenIntrospection(config, bound.access_token);
await oauth.tokenRevocation(config, bound.access_token);
const after = await oauth.tokenIntrospection(config, bound.access_token);
await new Promise(resolve => setTimeout(resolve, 1000));
const revoked = await refusedWith(() => oauth.fetchProtectedResource(
  config, bound.access_token, graphql, 'POST', JSON.stringify(ask), headers, { DPoP },
));

report({
  methods: config.serverMetadata().token_endpoint_auth_methods_supported,
  tokenType: bound.token_type,
  expiresIn: bound.expires_in,
  answer: (await withProof.json()).data,
  withoutProof: [withoutProof.status, withoutProof.headers.get('www-authenticate')],
  before,
  after,
  revoked,
  elsewhere: await refusedWith(() =>
    oauth.clientCredentialsGrant(config, { resource: 'https://other.example/' }, { DPoP })),
});
