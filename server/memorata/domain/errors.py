"""How the domain says no: a stable code and the facts that explain it."""


class Refused(Exception):
    """A request that cannot be granted now; normal, shown to the person who asked, never logged as a defect.

    `code` is stable and listed in docs/protocol.md; `facts` are plain JSON values that a text may use.
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
