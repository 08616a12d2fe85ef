"""
The steps of an order, each as one transaction: read, guard, move, remember the key.

What decides is in `domain.guards` and `domain.order`; here the facts are brought together. A key
that was used before returns what it did then; used for something else, it is a conflict.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from auth.caller import Caller
from domain import catalogue, guards
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction, OrderEvent, OrderState, next_state
from domain.purpose import Purpose
from resolvers.binding import bind
from resolvers.refusals import BadInput, CaseNotFound, Refused
from storage.cases import CaseRecord, find_case, find_officers
from storage.deliveries import add_delivery
from storage.orders import (
    OrderRecord,
    RequestRecord,
    add_order,
    committed_fen,
    find_order,
    find_request,
    keep_request,
    move_order,
)
