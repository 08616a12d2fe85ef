"""A unit's webhooks in the graph: registered, resumed, ended by the unit itself."""

import base64
import secrets
from typing import Annotated, Final

import strawberry
from sqlalchemy import Connection

from connectors.endpoint_addresses import AddressRefused
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.list_exchange import ChangeCursor, not_ahead, sequence_of
from resolvers.refusals import BadInput, Refused
from resolvers.scalars import DateTime
from storage.list_changes import last_change
from storage.webhooks import WebhookRecord, add_webhook, change_webhook, webhooks_of

_TAKERS: Final = ("list:subscribe",)
_MOST: Final = 5

WebhookIdArgument = Annotated[strawberry.ID, strawberry.argument(description="Which. 编号")]


class NoSuchWebhook(Refused):
    code = "WEBHOOK_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("Your unit has no such endpoint. 未找到该回调地址")


class WebhookAddressRefused(Refused):
    """One answer for an odd spelling, an unknown name and an address inside: it maps no network."""

    code = "WEBHOOK_ADDRESS_REFUSED"

    def __init__(self) -> None:
        super().__init__(
            "This gateway does not call that address. Give https:// and a host name that resolves, in a "
            "network that it calls: a public one, or one that the court has named (webhook_networks). "
            "该回调地址不被允许"
        )


@strawberry.type(
    description="Where a unit is called when the list changes (Standard Webhooks). 回调地址"
)
class Webhook:
    id: strawberry.ID = strawberry.field(description="Its id. 编号")
    url: str = strawberry.field(description="Where. 地址")
    state: str = strawberry.field(
        description="`ACTIVE`, or `PARKED` after days of failures: resume it. 状态"
    )
    cursor: strawberry.ID = strawberry.field(description="The last change it took. 游标")
    attempts: int = strawberry.field(description="Failures since it last took one. 失败次数")
    due_at: DateTime = strawberry.field(description="When it is called next. 下次尝试时间")
    last_error: str | None = strawberry.field(
        description="`NOT_TAKEN`, or `ADDRESS_REFUSED`: its name leads where nobody is called. 最近错误代码"
    )
    secret: str | None = strawberry.field(
        description="`whsec_…`, shown once, when it is made. 签名密钥"
    )


@strawberry.type
class WebhookQueries:
    @guarded(*_TAKERS)
    async def webhooks(self, info: Info) -> list[Webhook]:
        """Your unit's endpoints. 回调地址列表"""
        unit = info.context.caller.organisation
        found = await info.context.database.read(lambda c: webhooks_of(c, unit))
        return [_shown(one) for one in found]


@strawberry.type
class WebhookMutations:
    @guarded(*_TAKERS)
    async def add_webhook(
        self,
        info: Info,
        url: Annotated[str, strawberry.argument(description="https:// of your system. 地址")],
    ) -> Webhook:
        """Be called, signed, for each change from now on; keep the secret. 新增回调地址"""
        context = info.context
        unit, now = context.caller.organisation, context.now()
        try:
            await context.webhook_addresses.of(url)
        except AddressRefused as refused:
            raise WebhookAddressRefused from refused

        def work(connection: Connection) -> WebhookRecord:
            if len(webhooks_of(connection, unit)) >= _MOST:
                raise BadInput(f"A unit has {_MOST} endpoints at most; end one first.")
            webhook = WebhookRecord(
                id=f"w_{secrets.token_hex(12)}",
                unit=unit,
                url=url,
                secret=new_secret(),
                state="ACTIVE",
                told=last_change(connection),
                attempts=0,
                due_at=now,
                last_error=None,
                created_at=now,
            )
            add_webhook(connection, webhook)
            return webhook

        made = await context.database.write(work)
        return _shown(made, secret=made.secret)

    @guarded(*_TAKERS)
    async def resume_webhook(
        self, info: Info, id: WebhookIdArgument, after: ChangeCursor = None
    ) -> Webhook:
        """Call an endpoint again, behind the last change it took; with `after` everything behind that, once
        more. 恢复回调"""
        return await _changed(info, str(id), "ACTIVE", sequence_of(after))

    @guarded(*_TAKERS)
    async def end_webhook(self, info: Info, id: WebhookIdArgument) -> Webhook:
        """Call it no more. 停用回调"""
        return await _changed(info, str(id), "ENDED")


def new_secret() -> str:
    """Return a signing key as Standard Webhooks writes it: ``whsec_`` and 24 bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


async def _changed(info: Info, webhook_id: str, state: str, behind: int | None = None) -> Webhook:
    context = info.context

    def change(connection: Connection) -> WebhookRecord | None:
        not_ahead(connection, behind or 0)
        return change_webhook(
            connection,
            context.caller.organisation,
            webhook_id,
            state=state,
            now=context.now(),
            told=behind,
        )

    changed = await context.database.write(change)
    if changed is None:
        raise NoSuchWebhook
    context.events.announce()
    return _shown(changed)


def _shown(webhook: WebhookRecord, secret: str | None = None) -> Webhook:
    return Webhook(
        id=strawberry.ID(webhook.id),
        url=webhook.url,
        state=webhook.state,
        cursor=strawberry.ID(str(webhook.told)),
        attempts=webhook.attempts,
        due_at=DateTime(webhook.due_at),
        last_error=webhook.last_error,
        secret=secret,
    )
