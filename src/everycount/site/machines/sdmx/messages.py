"""Why a question is not answered, as SDMX says it (web services guidelines, section 5: error codes)."""

from __future__ import annotations

from everycount.formats.sdmx_xml import HEAD, NAMESPACES, attributes, element, escape


class RefusedError(Exception):
    """A question that is not answered.

    Attributes:
        code: of SDMX.
        status: of HTTP.
    """

    def __init__(self, code: int, status: int, said: str) -> None:
        super().__init__(said)
        self.code, self.status, self.said = code, status, said


def nothing(said: str) -> RefusedError:
    """There is no such thing."""
    return RefusedError(100, 404, said)


def syntax(said: str) -> RefusedError:
    """The address cannot be read."""
    return RefusedError(140, 400, said)


def semantic(said: str) -> RefusedError:
    """The address can be read and makes no sense."""
    return RefusedError(150, 400, said)


def unmade(said: str) -> RefusedError:
    """The standard has it, this service has not."""
    return RefusedError(501, 501, said)


def unwritten(said: str) -> RefusedError:
    """None of the formats that are asked for."""
    return RefusedError(501, 406, said)


def message(refused: RefusedError) -> bytes:
    """The error as SDMX-ML 2.1."""
    text = element("com:Text", escape(refused.said), xml__lang="en")
    inner = element("mes:ErrorMessage", text, code=str(refused.code))
    return f"{HEAD}<mes:Error{attributes(NAMESPACES)}>{inner}</mes:Error>\n".encode()
