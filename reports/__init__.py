"""The report to the ministry: frozen, printed, proved, sealed and traceable to the cells it came from."""
