"""What a company's promise to pay is worth."""
