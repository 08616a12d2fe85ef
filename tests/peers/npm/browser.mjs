// A person at the login page, as far as a form goes: open it, fill it in, follow nothing.
export async function logIn(url, username, password) {
  const page = await fetch(url);
  const html = await page.text();
  const ticket = html.match(/name="ticket" value="([^"]*)"/)?.[1];
  if (!ticket) throw new Error(`no login page: ${page.status}`);
  const cookie = page.headers.getSetCookie().map(one => one.split(';')[0]).join('; ');
  const back = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ ticket, username, password }),
  });
  if (back.status !== 303) throw new Error(`not let in: ${back.status}`);
  return new URL(back.headers.get('location'));
}
