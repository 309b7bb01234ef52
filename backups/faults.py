"""What can go wrong with a backup, said in words."""


class BackupFault(Exception):
    """It cannot go on. The message says which object, and what to do."""


class WrongKey(BackupFault):
    """The backup is encrypted, and the key at hand does not open it."""
