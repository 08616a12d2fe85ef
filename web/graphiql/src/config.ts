// What the gateway wrote into the page; the fallbacks serve `vite` alone.

export interface Config {
  readonly endpoint: string;
  readonly session: string; // what is signed in here, and below it the pages that sign in
  readonly handsIn: boolean; // whether a token may be handed in for a session: in the demo
  readonly title: string;
  readonly defaultQuery: string;
  readonly version: string;
  readonly logins: readonly (readonly [user: string, password: string])[];
}

const ALONE: Config = {
  endpoint: '/graphql',
  session: '/session',
  handsIn: false,
  title: '查控 Chakong',
  defaultQuery: '{ __typename }\n',
  version: '',
  logins: [],
};

export function readConfig(): Config {
  const written = document.getElementById('chakong-config')?.textContent ?? '{}';
  return { ...ALONE, ...(JSON.parse(written) as Partial<Config>) };
}
