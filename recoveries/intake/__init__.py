"""Cases from a spreadsheet: read, checked by the rules of the API, opened by the service of the API."""
