"""What the record's kinds of entries mean, in words."""

from domain.record import RecordKind
from resolvers.arguments import explained

explained(
    RecordKind,
    "RecordKind",
    "What happened. 留痕类型",
    {
        RecordKind.DISCLOSURE: "A query was answered, or refused. 查询",
        RecordKind.STEP: "A mutation was answered. 操作",
        RecordKind.SCREENING: "A department screened. 比对",
        RecordKind.ORDER_EVENT: "A step of an order. 指令流转",
        RecordKind.WATCH_EVENT: "A step of a watched refund. 退税监测流转",
        RecordKind.LIST_EVENT: "A step of an entry of the list. 名单流转",
        RecordKind.HIT_EVENT: "A step of a hit. 命中流转",
        RecordKind.CORRECTION_EVENT: "A step of a request to correct the list. 纠正申请流转",
        RecordKind.LOGIN: "A log-in. 登录",
        RecordKind.TOKEN: "A token. 令牌",
        RecordKind.GRANT: "Who may see or do what was changed. 授权变更",
        RecordKind.CONFIGURATION: "A gateway started. 配置",
        RecordKind.BREAK_GLASS: "A case was opened in an emergency, or that was reviewed. 应急访问",
        RecordKind.OUTAGE: "The record could not be written; everybody was refused. 中断",
        RecordKind.ERASURE: "Personal sides were erased. 到期删除",
        RecordKind.EXPORT: "The record was taken out. 导出",
        RecordKind.AUDIT: "The record was read. 审计",
    },
)
