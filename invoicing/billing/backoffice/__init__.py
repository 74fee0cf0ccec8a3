"""Staff's pages of the firm's own invoices."""
