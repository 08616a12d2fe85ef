// npm oidc-provider as the issuer of an installation: RFC 9068 tokens in four algorithms, plain, bound
// to a DPoP key (RFC 9449) and to a client certificate (RFC 8705). Prints its addresses as JSON.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const KINDS = {
  ES256: ['ec', { namedCurve: 'P-256' }],
  PS256: ['rsa', { modulusLength: 2048 }],
  RS256: ['rsa', { modulusLength: 2048 }],
  EdDSA: ['ed25519', {}],
};
const keys = Object.entries(KINDS).map(([alg, [kind, options]]) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
  kid: `peer-${alg}`,
}));

const SECRET = 'synthetic-secret-of-the-peer';
const client = (id, more = {}) => ({
  client_id: id,
  client_secret: SECRET,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_post',
  ...more,
});

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: [
      client('executor-1'),
      client('approver-1', { dpop_bound_access_tokens: true }),
      client('auditor-1', { tls_client_certificate_bound_access_tokens: true }),
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        // As a TLS terminator would hand it on.
        getCertificate(ctx) {
          const pem = ctx.get('x-client-certificate');
          return pem ? new X509Certificate(decodeURIComponent(pem)) : undefined;
        },
      },
      resourceIndicators: {
        enabled: true,
        // https://chakong.example/ES256 asks for a token in that algorithm.
        getResourceServerInfo: (ctx, resource) => ({
          scope: 'cases:read vehicles:read openid-of-the-peer',
          audience: 'chakong',
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: resource.split('/').at(-1) } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer, token: `${issuer}/token`, secret: SECRET }));
});
