"""File names as people send them, made safe to store and to download."""

import re
import unicodedata
from urllib.parse import quote

FALLBACK = "document"
MAX_BYTES = 255  # what file systems take
MAX_EXTENSION_BYTES = 20
UNSAFE = re.compile(r'[<>:"|?*]')
# Control, format (bidirectional overrides, zero width), surrogate and private characters; line and paragraph ends.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)", re.IGNORECASE)
NOT_IN_FALLBACK = re.compile(r"[^A-Za-z0-9 !#$&'()+,\-.=@\[\]^_`{}~]")
LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "–": "-", "—": "-"})
KEPT_IN_HEADER = "!#$&+-.^_`|~"  # attr-char of RFC 5987


def safe_file_name(raw: str) -> str:
    """`raw` as a plain file name of 255 bytes at most, which no system takes for a path or a device.

    Accents stay, folders go, an extension survives shortening; what leaves nothing is "document".
    """
    name = re.split(r"[/\\]", raw)[-1]
    name = "".join(" " if char.isspace() else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char) not in INVISIBLE)
    name = UNSAFE.sub("_", unicodedata.normalize("NFC", name))
    name = re.sub(" +", " ", name).strip(". ")
    if DEVICES.match(name.replace(" ", "")):
        name = f"_{name}"
    return _shortened(name) or FALLBACK


def content_disposition(name: str, *, way: str = "attachment") -> str:
    """The header of a download (RFC 6266): an ASCII name for old programs, the true one for the others.

    `way` is `inline` for what a browser shows by itself.
    """
    name = safe_file_name(name)
    plain = unicodedata.normalize("NFKD", name.translate(LIGATURES))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = NOT_IN_FALLBACK.sub("_", plain) or FALLBACK  # Nothing is left of a name of accents alone.
    header = f'{way}; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe=KEPT_IN_HEADER)}"


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, point, extension = name.rpartition(".")
    extension = point + extension
    if not stem or len(extension.encode()) > MAX_EXTENSION_BYTES:
        stem, extension = name, ""
    room = MAX_BYTES - len(extension.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + extension
