"""Staff's pages of cases, procedures and catalogues."""
