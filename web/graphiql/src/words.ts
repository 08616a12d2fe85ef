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
export const confirmYou = say('再次验证', 'Confirm it is you');
export const expired = say('已过期', 'expired');

export const unauthenticated = say(
  '网关要求登录：会话或令牌缺失、无效或已过期。',
  'The gateway wants a sign-in: the session or token is missing, invalid or expired.',
);
export const notProven = say(
  '查看明文或审批前须再次验证；也可勾选“部分结果”，仅显示脱敏值。',
  'Raw values and approvals need your second factor again; or tick “Partial” for masked values.',
);
export const noSession = (status: number): Words =>
  say(`无法查询登录状态（HTTP ${status}）。`, `Who is signed in cannot be asked (HTTP ${status}).`);
export const notAToken = say(
  '这不是令牌：请只粘贴一行可见字符。',
  'This is not a token: paste one line of visible characters.',
);
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
