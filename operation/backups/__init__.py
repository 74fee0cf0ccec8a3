"""A copy of the whole product in a folder, and the product back from it.

What a copy holds:

    manifest.json      what is in it, by number and checksum; not secret but for names of tables
    database.dump      PostgreSQL's custom format (pg_restore reads it), or a file of SQLite
    documents-1.tar    the files that documents had before the database was dumped
    documents-2.tar    those that only the dump knows
    keys.json          SECRET_KEY, ENCRYPTION_KEYS and the keys of tokens

With BACKUP_KEY all but the manifest are encrypted by gpg (`.gpg` behind their names), which opens them without us.
"""
