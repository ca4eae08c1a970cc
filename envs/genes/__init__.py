"""The gene environment: from a case report to a ranked list of the genes that may be the cause."""
