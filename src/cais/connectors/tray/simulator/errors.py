"""Refusals of the platform, raised by the store's rules and turned into bodies at the door."""


class Refusal(Exception):
    """A call that the platform refuses; ``error_code`` is set on authorisation errors only."""

    def __init__(
        self, status: int, name: str, *, causes: dict[str, list[str]] | None = None, error_code: int = 0
    ) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.causes = causes or {}
        self.error_code = error_code


def invalid(field: str, reason: str) -> Refusal:
    """A body that does not pass validation (Tray contract §1.3)."""
    return Refusal(400, "Invalid data provided", causes={field: [reason]})


def not_found(what: str) -> Refusal:
    return Refusal(404, "Not Found", causes={what: ["Registro não encontrado"]})


def unauthorized(error_code: int) -> Refusal:
    return Refusal(401, "Unauthorized access", causes={"token": [_AUTHORISATION[error_code]]}, error_code=error_code)


_AUTHORISATION = {
    1000: "Token inválido ou expirado",
    1001: "Loja bloqueada",
    1002: "Loja inativa",
    1003: "Loja cancelada",
    1099: "Erro desconhecido",
}
