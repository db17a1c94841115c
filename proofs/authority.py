"""The simulated SEFAZ as the proof sees it: a process of its own, what goes wrong with it, and what it has."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.notes import AUTHORISED
from proofs.simulated import Record, Simulated, caller
from proofs.stage import Stage

MODULE = "cais.connectors.sefaz.simulator"
CNPJ, STATE, SERIES = "98765432000198", "SC", 1
# The order as our notes name it, so that SEFAZ itself can hold an order to one number.
ORDER_PATTERN = r"Pedido (\w+) "
# However few the notes are, so many answers are lost after the work was done; beyond that it is chance.
SURELY_LOST = 2
# (fault, service, chance per call)
FAULTS = (
    ("cut_after", "authorise", 0.03),
    ("http_503_after", "authorise", 0.02),
    ("truncated_xml", "authorise", 0.02),
    ("cut_before", "authorise", 0.02),
    ("http_503", "authorise", 0.05),
    ("consult_lags", "consult", 0.05),
    ("http_503", "consult", 0.02),
    ("slow", "", 0.3),
)
SLOW_SECONDS = 0.5


@dataclass(slots=True)
class Authority(Simulated):
    """SEFAZ, as far as the proof plays fate."""

    @property
    def control(self) -> str:
        return str(self.said["control_url"])

    def storm(self) -> None:
        self.post("faults", name="cut_after", times=SURELY_LOST, service="authorise")
        for name, service, chance in FAULTS:
            value = {"value": SLOW_SECONDS} if name == "slow" else {}
            self.post("faults", name=name, service=service, probability=chance, **value)

    def stop(self, *, simulated_seconds: float) -> None:
        """Every service says that it is stopped (108)."""
        self.post("faults", name="paused_108", seconds=simulated_seconds)

    def vanish(self, *, simulated_seconds: float) -> None:
        """Whoever sends or asks for a note finds the connection closed, and nothing was done.

        The service that tells the state goes on: after an answer of its that is none, the whole queue rests a minute.
        """
        for service in ("authorise", "consult"):
            self.post("faults", name="cut_before", service=service, seconds=simulated_seconds)

    def lost(self) -> int:
        """How many answers were lost after a note was authorised."""
        entries = self.entries("note")
        return sum(entry["outcome"] in AUTHORISED and not entry["heard"] for entry in entries)

    def kept(self) -> list[Record]:
        """Every note that took its number, with its bytes as they were received."""
        rows = self.get("notes")["notes"]
        return [{**row, "xml": self.ask("xml", key=row["key"]).content} for row in rows]

    def findings(self) -> list[str]:
        return list(self.get("findings", cnpj=CNPJ, series=str(SERIES))["findings"])


def open_authority(stage: Stage, *, seed: int) -> Authority:
    """Start it, and let the processes started from now on find it."""
    ledger = stage.folder / "sefaz.jsonl"
    said = stage.open(
        MODULE,
        *("--folder", str(stage.folder / "sefaz"), "--ledger", str(ledger), "--seed", str(seed)),
        *("--cnpj", CNPJ, "--uf", STATE, "--order-pattern", ORDER_PATTERN),
        name="sefaz",
    )
    stage.environment["CAIS_SEFAZ_URL"] = str(said["base_url"])
    stage.environment["CAIS_SEFAZ_CA"] = str(said["ca_bundle"])
    stage.environment["CAIS_PUBLIC_URL"] = "https://cais.jurubim.example"
    return Authority(said, ledger, caller())
