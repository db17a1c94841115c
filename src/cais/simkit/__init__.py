"""What simulators are made of: an accelerated clock, a small HTTP server and fault switches (standard library only)."""

from cais.simkit.clock import BRASILIA, Clock
from cais.simkit.faults import Faults
from cais.simkit.forms import BodyError, nested_form
from cais.simkit.http import Delivery, Request, Response, Server, json_response
from cais.simkit.numbers import Numbers
from cais.simkit.routing import Router

__all__ = [
    "BRASILIA",
    "BodyError",
    "Clock",
    "Delivery",
    "Faults",
    "Numbers",
    "Request",
    "Response",
    "Router",
    "Server",
    "json_response",
    "nested_form",
]
