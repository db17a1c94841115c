"""The federation's units: their IBGE codes, and between which of them the ICMS is seven per cent."""

CODES = {
    "RO": "11", "AC": "12", "AM": "13", "RR": "14", "PA": "15", "AP": "16", "TO": "17",
    "MA": "21", "PI": "22", "CE": "23", "RN": "24", "PB": "25", "PE": "26", "AL": "27", "SE": "28", "BA": "29",
    "MG": "31", "ES": "32", "RJ": "33", "SP": "35", "PR": "41", "SC": "42", "RS": "43",
    "MS": "50", "MT": "51", "GO": "52", "DF": "53",
}  # fmt: skip
NAMES = {code: name for name, code in CODES.items()}

_SOUTH_AND_SOUTHEAST = frozenset(("MG", "RJ", "SP", "PR", "SC", "RS"))


def interstate_rate(seller: str, buyer: str) -> str:
    """Per cent for goods of Brazil: 7 from the South and Southeast to everywhere else, otherwise 12.

    Espírito Santo counts with the rest on both sides (Senate Resolution 22/1989).
    """
    return "7" if seller in _SOUTH_AND_SOUTHEAST and buyer not in _SOUTH_AND_SOUTHEAST else "12"
