"""The same matter in another guise is decided the same."""
