"""How a simulated store sells: how often, to whom, how they pay, and how often something odd happens."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Shares are probabilities per order. ``rate`` is orders per simulated minute, ``seed`` fixes everything."""

    seed: int = 1
    rate: float = 6.0
    # The ordinary life of a store.
    company: float = 0.12
    alphanumeric_cnpj: float = 0.25
    returning_buyer: float = 0.15
    marketplace: float = 0.25
    pack: float = 0.30
    kit: float = 0.08
    variant: float = 0.15
    coupon: float = 0.10
    discount: float = 0.05
    pix_discount: float = 0.25
    surcharge: float = 0.08
    giveaway: float = 0.04
    several_payments: float = 0.04
    unpaid: float = 0.20
    paid_later: float = 0.80
    edited: float = 0.04
    cancelled: float = 0.04
    moved: float = 0.10
    restocks: bool = True
    # What should not happen, and does.
    invented_status: float = 0.02
    unknown_product: float = 0.01
    no_lines: float = 0.005
    impossible_cpf: float = 0.005
    cents_off: float = 0.01

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if name not in ("seed", "rate") and not 0 <= value <= 1:
                raise ValueError(f"{name} must lie between 0 and 1")
        if self.rate < 0:
            raise ValueError("rate cannot be negative")

    @classmethod
    def clean(cls, *, seed: int = 1, rate: float = 6.0) -> "Scenario":
        """An ordinary store in which nothing odd happens."""
        return replace(
            cls(seed=seed, rate=rate),
            invented_status=0.0,
            unknown_product=0.0,
            no_lines=0.0,
            impossible_cpf=0.0,
            cents_off=0.0,
        )
