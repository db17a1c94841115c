"""Where authorisers differ from each other, as switches, so that a client can be run against each of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The first value of each field is the default."""

    # 225 and 215 for a note: some states refuse the whole lot, others answer 104 and refuse inside protNFe.
    schema_refusal: Literal["lot", "note"] = "lot"
    # 656 for a note that was refused too often.
    undue_refusal: Literal["lot", "note"] = "lot"
    # An authorised note that comes again, equal to the byte: a state may answer with its protocol instead of 204.
    resent: Literal["204", "protocol"] = "204"
    # A connection without a certificate.
    no_certificate: Literal["handshake", "403"] = "handshake"
    # The sentences.
    accents: Literal["kept", "stripped"] = "kept"
    # Whether protNFe repeats the namespace that it could inherit.
    protocol_namespace: Literal["inherited", "own"] = "inherited"
    # UB12-10 (1115, group IBS/CBS missing for CRT 3): in force in homologação, disputed in produção.
    reform_required: Literal["homologation", "always", "never"] = "homologation"

    @classmethod
    def alternatives(cls) -> dict[str, tuple[str, ...]]:
        """Every field with all its values."""
        hints = get_type_hints(cls)
        return {field.name: get_args(hints[field.name]) for field in fields(cls)}

    def with_values(self, values: Mapping[str, object]) -> "Choices":
        """Raises ValueError for a field or a value that does not exist."""
        known = self.alternatives()
        for name, value in values.items():
            if value not in known.get(name, ()):
                raise ValueError(f"{name}={value!r}: choose one of {known.get(name) or sorted(known)}")
        return replace(self, **values)  # type: ignore[arg-type]

    @classmethod
    def variations(cls) -> Iterator["Choices"]:
        """The default, then every other value, one change at a time."""
        default = cls()
        yield default
        for name, values in cls.alternatives().items():
            for value in values[1:]:
                yield default.with_values({name: value})
