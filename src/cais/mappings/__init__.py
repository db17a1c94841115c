"""*De-para*: what a store's words for freight, payment, channel and discount mean to the ERP and to the note."""
