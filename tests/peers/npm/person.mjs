// A person behind a client, `console` (private_key_jwt, PAR) or `app` (public): code + PKCE, renewal, userinfo.
import * as oauth from 'openid-client';
import { logIn } from './browser.mjs';
import { clientKey, clients, discovered, graphql, redirectUri, refusedWith, report } from './peer.mjs';

const kind = process.argv[3];
const authentication = kind === 'console' ? oauth.PrivateKeyJwt(await clientKey()) : oauth.None();
const config = await discovered(clients[kind], authentication, kind === 'app' ? 'oidc' : 'oauth2');
const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256'));
const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
const state = oauth.randomState();
const nonce = oauth.randomNonce();
oauth.enableNonRepudiationChecks(config); // the ID token's signature is verified too
const parameters = {
  redirect_uri: redirectUri,
  scope: 'openid cases:read vehicles:read',
  nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state,
  resource: graphql.href,
};

const start = kind === 'console'
  ? await oauth.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
  : oauth.buildAuthorizationUrl(config, {
      ...parameters,
      dpop_jkt: await DPoP.calculateThumbprint(),
    });
const back = await logIn(start, 'executor-1', 'demo-9903');
const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 60 };
const first = await oauth.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
const who = await oauth.fetchUserInfo(config, first.access_token, 'executor-1', { DPoP });
const second = await oauth.refreshTokenGrant(config, first.refresh_token, { scope: 'cases:read' }, { DPoP });
const reused = await refusedWith(() => oauth.refreshTokenGrant(config, first.refresh_token, {}, { DPoP }));
const ended = await refusedWith(() =>
  oauth.refreshTokenGrant(config, second.refresh_token ?? first.refresh_token, {}, { DPoP }));

report({
  pushed: start.searchParams.has('request_uri'),
  parameters: [...start.searchParams.keys()].sort(),
  iss: back.searchParams.get('iss'),
  tokenType: first.token_type,
  scope: first.scope,
  who,
  identified: first.claims(),
  renewedScope: second.scope,
  rotated: Boolean(second.refresh_token) && second.refresh_token !== first.refresh_token,
  reused,
  ended,
});
