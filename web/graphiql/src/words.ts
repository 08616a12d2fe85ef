// Everything the page says of itself, Chinese first, English beside it.

export interface Words {
  readonly zh: string;
  readonly en: string;
}

const say = (zh: string, en: string): Words => ({ zh, en });

export const signIn = say('登录', 'Sign in');
export const signOut = say('退出', 'Sign out');
export const pasteToken = say('粘贴令牌', 'Paste a token');
export const useToken = say('使用', 'Use');
export const dismiss = say('关闭', 'Dismiss');
export const partial = say('部分结果', 'Partial');
export const plan = say('查询计划', 'Plan');
export const planHint = say(
  '在 extensions.plan 中显示查询计划（X-Explain: plan）',
  'Show in extensions.plan what was asked of which department (X-Explain: plan)',
);
export const partialHint = say(
  '令牌无权查询的字段置空，其余照常返回',
  'Leave out what the token may not have, and answer the rest (X-Partial: allow)',
);
export const subscriptions = say('订阅', 'Subscriptions');
export const demoLogins = say('演示账号', 'Demo logins');
export const opaque = say('令牌无法解读', 'Token without readable claims');
export const expired = say('已过期', 'expired');

export const unauthenticated = say(
  '网关要求登录：令牌缺失、无效或已过期。',
  'The gateway wants a sign-in: the token is missing, invalid or expired.',
);
export const notAToken = say(
  '这不是令牌：请只粘贴一行可见字符。',
  'This is not a token: paste one line of visible characters.',
);
export const needsHttps = say(
  '登录需要 HTTPS（或 localhost）。',
  'Signing in needs HTTPS (or localhost).',
);
export const noSignInUnderWay = say(
  '登录应答与本页发起的请求不符，已丢弃，请重新登录。',
  'The sign-in answer belongs to no request of this tab; it was dropped. Sign in again.',
);
export const strangeIssuer = say(
  '登录应答来自另一个签发者，已丢弃。',
  'The sign-in answer comes from another issuer; it was dropped.',
);
export const refused = (code: string): Words =>
  say(`登录未完成（${code}）。`, `The sign-in was not completed (${code}).`);
export const noToken = (reason: string): Words =>
  say(`未能取得令牌（${reason}）。`, `No token could be had (${reason}).`);
export const unreadable = (status: number): Words =>
  say(`网关的应答无法读取（HTTP ${status}）。`, `The gateway's answer is unreadable (HTTP ${status}).`);
export const connectionClosed = (reason: string): Words =>
  say(`订阅连接已断开（${reason}）。`, `The subscription was cut off (${reason}).`);

/** The words as GraphiQL shows an error. */
export const said = ({ zh, en }: Words): { message: string } => ({ message: `${zh} ${en}` });

/** An error whose words may be shown to the person at the page. */
export class Worded extends Error {
  constructor(readonly words: Words) {
    super(said(words).message);
  }
}
