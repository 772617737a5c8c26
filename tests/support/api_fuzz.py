"""Requests that schemathesis makes up from `/openapi.json`.

Each is sent to a real server. The answers are counted by status. A fault is whatever is not as the
schema says: an answer's form, content type or status; a request that breaks the schema and is
accepted all the same; and a 5xx other than 503.
"""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import hypothesis
import hypothesis.errors
import schemathesis
import schemathesis.specs.openapi.schemas  # here: an app's threads and this must not parse at once
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

LEFT_OUT = [
    ignored_auth,  # without keys there is nothing to refuse
    positive_data_acceptance,  # no schema says that there must be a letter in a text
    not_a_server_error,  # 503 is one of ours; the others are looked for below
]
KNOWN = {
    "model": "espeak",
    "voice": "alloy",
    "voiceId": "default-female",
    "input": "Hello.",
    "text": "Hello.",
}
"""What every other valid request has: no made-up name is known, and few texts can be spoken."""


class Fuzz:
    """Sends requests and keeps what comes back."""

    def __init__(self, url: str, seed: int) -> None:
        self._schema = schemathesis.openapi.from_url(f"{url}openapi.json")
        made = httpx.post(f"{url}generate", json={"text": "Hello."}, timeout=60)
        self._known: dict[str, Any] = KNOWN | {"file_id": made.json()["file_id"]}
        self._seed = seed
        self.answers: Counter[tuple[str, int]] = Counter()
        self.faults: list[str] = []

    def run(self, cases: int) -> None:
        """At least so many requests, valid and not, shared out among the operations."""
        operations = [found.ok() for found in self._schema.get_all_operations()]
        while (left := cases - self.answers.total()) > 0:
            share = -(-left // (len(operations) * len(GenerationMode)))
            for operation in operations:
                self._try(operation, GenerationMode.POSITIVE, share)
                if len(operation.body) or len(operation.query):  # any text is a path's
                    self._try(operation, GenerationMode.NEGATIVE, share)
            self._seed += 1

    def _try(self, operation: APIOperation, mode: GenerationMode, cases: int) -> None:
        sent = itertools.count()

        def one(case: schemathesis.Case) -> None:
            if mode is GenerationMode.POSITIVE and next(sent) % 2 == 0:
                self._name_what_is_known(case)
            self._send(case, operation.label)

        test = hypothesis.given(case=operation.as_strategy(generation_mode=mode))(one)
        settings = hypothesis.settings(
            max_examples=cases,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        # An operation without parameters has no invalid requests.
        with suppress(hypothesis.errors.Unsatisfiable):
            settings(hypothesis.seed(self._seed)(test))()

    def _name_what_is_known(self, case: schemathesis.Case) -> None:
        for part in (case.body, case.path_parameters):
            if isinstance(part, dict):
                part.update({name: self._known[name] for name in part.keys() & self._known})

    def _send(self, case: schemathesis.Case, label: str) -> None:
        answer = case.call(timeout=60)
        self.answers[label, answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            self.faults.append(f"{label} {answer.status_code}: {answer.text[:500]}")
        try:
            case.validate_response(answer, excluded_checks=LEFT_OUT)
        except (FailureGroup, Exception) as fault:
            for each in getattr(fault, "exceptions", [fault]):
                said = " ".join(str(each).split())[:600]
                self.faults.append(f"{label} {answer.status_code}: {said}")
