"""Why a request is refused: a code of origin/README.md, the same in every language."""


class Refused(Exception):
    """The request is not believed. ``reason`` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def demand(condition: bool, reason: str) -> None:
    if not condition:
        raise Refused(reason)
