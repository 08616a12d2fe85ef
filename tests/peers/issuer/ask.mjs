// Asks the gateway who it takes us for, with a token of the peer that is bound to a fresh DPoP key,
// and proves it (RFC 9449).   node ask.mjs TOKEN_ENDPOINT SECRET RESOURCE GRAPHQL
import { createHash, randomUUID } from 'node:crypto';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';

const [tokenEndpoint, secret, resource, graphql] = process.argv.slice(2);
const { privateKey, publicKey } = await generateKeyPair('ES256');
const jwk = await exportJWK(publicKey);

const proof = (url, claims = {}) =>
  new SignJWT({ htm: 'POST', htu: url, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(privateKey);

const answer = await fetch(tokenEndpoint, {
  method: 'POST',
  headers: { dpop: await proof(tokenEndpoint) },
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'approver-1',
    client_secret: secret,
    resource,
    scope: 'cases:read',
  }),
});
const { access_token: token, token_type: kind } = await answer.json();
const ath = createHash('sha256').update(token).digest('base64url');

const ask = async headers => {
  const asked = await fetch(graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ viewer { role } }' }),
  });
  return { status: asked.status, body: await asked.json() };
};
console.log(
  JSON.stringify({
    kind,
    bound: decodeJwt(token).cnf,
    plain: await ask({ authorization: `Bearer ${token}` }),
    proven: await ask({ authorization: `DPoP ${token}`, dpop: await proof(graphql, { ath }) }),
  }),
);
