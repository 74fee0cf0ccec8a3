"""The firm's own invoices: what clients owe the firm."""
