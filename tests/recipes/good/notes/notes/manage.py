def create_site():
    """What tells an app of this kind: only check looks at it."""
