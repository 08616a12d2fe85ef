"""How each department is asked: one file per department, one per wire protocol."""

from connectors.own_departments import own_departments

__path__ = [*__path__, *own_departments("connectors")]
