"""What an answer says of bytes that somebody else wrote: it runs nothing, loads nothing, is framed by us alone."""

# Chromium shows no PDF in a frame that has the attribute `sandbox`, whatever it allows; it does when the answer itself
# asks for the sandbox. So the policy sandboxes every document, and the frame of an image or a page has the attribute
# too.
FRAMED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
}
