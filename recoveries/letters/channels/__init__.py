"""How letters leave, by e-mail, on paper, registered or as a text message, and what is heard of them afterwards."""
