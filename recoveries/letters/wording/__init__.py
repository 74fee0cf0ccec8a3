"""The words of letters: templates that managers write, their versions, and what a letter looks like on its way out."""
