// What the gateway wrote into the page; the fallbacks serve `vite` alone.

export interface Config {
  readonly endpoint: string;
  readonly authorize: string;
  readonly token: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly title: string;
  readonly defaultQuery: string;
  readonly version: string;
  readonly logins: readonly (readonly [user: string, password: string])[];
}

const ALONE: Config = {
  endpoint: '/graphql',
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  issuer: '',
  clientId: 'graphiql',
  title: '查控 Chakong',
  defaultQuery: '{ __typename }\n',
  version: '',
  logins: [],
};

export function readConfig(): Config {
  const written = document.getElementById('chakong-config')?.textContent ?? '{}';
  return { ...ALONE, ...(JSON.parse(written) as Partial<Config>) };
}
