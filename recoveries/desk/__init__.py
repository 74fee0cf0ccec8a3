"""Where staff work: the list of cases, the page of one, the home page, the portfolio, and what they read."""
