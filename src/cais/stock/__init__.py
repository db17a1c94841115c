"""What there is and what is promised: the ledger and its balances."""
